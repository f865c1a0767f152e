import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { parseEnvFile } from './env-file.ts'
import { checkEnv, envVerdict, refuseDangerousEnv } from './env-findings.ts'
import { generateToken } from './token.ts'

const file = (text: string) => parseEnvFile(new TextEncoder().encode(text))
const check = (text: string) => checkEnv(file(text))
const ids = (text: string) =>
  check(text).map((finding) => `${finding.line} ${finding.severity} ${finding.id}`)

test('a file as setup writes it is clean', () => {
  const findings = check(
    `# The token of the gateway\nRAZROOM_GATEWAY_TOKEN=${generateToken()}\n\nTZ=Europe/Berlin\n`,
  )
  expect(findings).toEqual([])
  expect(envVerdict(findings)).toBe('clean')
})

// Rows of docs/facts/env-dialects.md, with what podman makes of them.
test.each([
  ['A="x y"', ['1 warning env.quotes']],
  ["A='x y'", ['1 warning env.quotes']],
  ['A="abc', ['1 warning env.quotes']],
  ['A=x y', ['1 info env.readers-differ']],
  ['A=x   ', ['1 warning env.blanks']],
  ['A= x', ['1 warning env.blanks']],
  ['A =x', ['1 warning env.blank-before-equals']],
  ['A=x # c', ['1 warning env.inline-comment']],
  ['A=x#y', ['1 info env.readers-differ']],
  ['A=#x, #y', ['1 info env.readers-differ']],
  ['A=x:~/y', ['1 info env.readers-differ']],
  ['A=a!%*+,-./:=?@[]^_{}~b', []],
  ['A=é', []],
  ['A="x" # c', ['1 warning env.quotes', '1 warning env.inline-comment']],
  ['A="x # c"', ['1 warning env.quotes']],
  ['A="x" y # c', ['1 warning env.quotes']],
  ['# c', []],
  [';A=1', ['1 warning env.remark']],
  ['A=a$HOME', ['1 info env.dollar']],
  [`A=a\${HOME}`, ['1 warning env.reference']],
  ['A=5$', []],
  ['A=$(cmd)', ['1 warning env.command']],
  ['A=x`cmd`', ['1 warning env.command']],
  ["A=it's", ['1 info env.readers-differ']],
  ["A='$(cmd)'", ['1 warning env.quotes']],
  ['A={"k":"v"}', ['1 info env.readers-differ']],
  ['A="x\ny"', ['1 warning env.multiline', '2 warning env.not-an-assignment']],
  ['A="x\nB="y"', ['1 warning env.quotes', '2 warning env.quotes']],
  ['export A=x', ['1 warning env.export']],
  ['A=x\r\nB=y\r\n', []],
  ['A=x\rB=y', ['1 warning env.carriage-return']],
  ['\ufeffA=x', ['1 warning env.bom']],
  ['\ufeff# c', ['1 warning env.bom']],
  [
    '\ufeffexport A = x',
    ['env.bom', 'env.export', 'env.blank-before-equals', 'env.blanks'].map((id) => `1 warning ${id}`),
  ],
  ['A=1\nA=2', ['1 info env.twice']],
  ['A', ['1 warning env.imports-host']],
  ['PRE*', ['1 warning env.imports-many']],
  ['a-b=1', ['1 info env.unusual-name']],
  ['1A=1', ['1 info env.unusual-name']],
  ['=x', ['1 error env.no-key']],
  ['  =x', ['1 error env.no-key']],
  ['A: x', ['1 warning env.colon']],
  ['Note: see below', ['1 warning env.not-an-assignment']],
  ['A:x', ['1 warning env.not-an-assignment']],
  ['A=url?a=1&b=2', ['1 info env.readers-differ']],
  ['A=a\0b', ['1 warning env.nul']],
  [`A=${'x'.repeat(65_533)}\n`, []],
  [`A=${'x'.repeat(65_534)}\n`, ['1 error env.line-too-long']],
  [`# ${'x'.repeat(65_534)}`, ['1 error env.line-too-long']],
  ['RAZROOM_GATEWAY_TOKEN=', ['1 warning env.token-empty']],
  ['RAZROOM_GATEWAY_TOKEN=""', ['1 warning env.token-empty', '1 warning env.quotes']],
  [
    'RAZROOM_GATEWAY_TOKEN=0123456789abcdef#0123456789',
    ['1 warning env.token-characters', '1 info env.readers-differ'],
  ],
  ['RAZROOM_GATEWAY_TOKEN=0123456789abcdefé0123456789', ['1 warning env.token-characters']],
  ['RAZROOM_GATEWAY_TOKEN="0123456789abcdef0123456789"', ['1 warning env.quotes']],
  ['RAZROOM_GATEWAY_TOKEN=secret', ['1 warning env.token-weak']],
  [`RAZROOM_GATEWAY_TOKEN=${'ab'.repeat(30)}`, ['1 warning env.token-weak']],
  ['RAZROOM_PODMAN_GATEWAY_HOST_PORT=1', ['1 warning env.panel-owned']],
  ['RAZROOM_CONFIG_DIR=/x', ['1 warning env.panel-owned']],
  ['OPENAI_API_KEY=', ['1 info env.empty-secret']],
  ['TZ=', []],
  ['GROK_API_KEY=x', ['1 warning env.near-name']],
  ['GROK_API_KEY=x\nGROQ_API_KEY=y', ['1 info env.near-name']],
  ['SLACK_BOT_TOKEN=x', ['1 info env.incomplete']],
  ['SLACK_BOT_TOKEN=x\nSLACK_APP_TOKEN=', ['1 info env.incomplete', '2 info env.empty-secret']],
  ['SLACK_BOT_TOKEN=x\nSLACK_APP_TOKEN=y', []],
  ['MATRIX_HOMESERVER=x\nMATRIX_PASSWORD=y\nMATRIX_USER_ID=z', []],
])('%j', (text, wanted) => {
  expect(ids(text)).toEqual(wanted)
})

test('bytes that are not UTF-8', () => {
  const findings = checkEnv(parseEnvFile(Uint8Array.of(0x41, 0x3d, 0xff, 0x0a)))
  expect(findings.map((finding) => finding.id)).toEqual(['env.not-utf8'])
})

test.each([
  ['TZ=UTC\nTZ=UTC', 'clean'],
  ['A="x"', 'findings'],
  ['LD_PRELOAD=/x.so', 'findings'],
  ['A=1\n=x', 'fatal'],
] as const)('the verdict of %j: %s', (text, verdict) => {
  expect(envVerdict(check(text))).toBe(verdict)
})

const DANGEROUS = [
  ...['LD_PRELOAD', 'NODE_OPTIONS', 'NODE_PATH', 'BASH_ENV', 'ENV', 'PATH', 'HOME', 'IFS', 'XDG_RUNTIME_DIR'],
  ...['DBUS_SESSION_BUS_ADDRESS', 'CONTAINERS_CONF', 'CONTAINER_HOST', 'PYTHONPATH', 'GIT_SSH_COMMAND'],
  ...['NODE_TLS_REJECT_UNAUTHORIZED', 'BASH_FUNC_x', 'npm_config_prefix'],
]

test.each(DANGEROUS)('%s is refused in every spelling that some reader understands', (key) => {
  const spellings = [
    `${key}=x`,
    `  ${key}=x`,
    `${key} = x`,
    `export ${key}=x`,
    `export\t ${key} =x`,
    `\ufeff${key}=x`,
    `${key}: x`,
    `${key}`,
    `${key.slice(0, 2)}*`,
    '*',
    `# a comment\r${key}=x`,
    `A=1\u2028${key}=x`,
    `A=1\n${key}\0=x`,
  ]
  for (const text of spellings) {
    expect(
      check(text).map((finding) => finding.id),
      text,
    ).toContain('env.dangerous')
    expect(codeOf('', text), text).toBe('ENV_VARIABLE_REFUSED')
  }
})

test.each(['A=LD_PRELOAD=x', '# LD_PRELOAD=x', 'MY_PATH=x', 'path=x', 'HOMEPAGE=x', 'ENVIRONMENT=x', 'A*'])(
  '%s is not dangerous',
  (text) => {
    expect(check(text).map((finding) => finding.id)).not.toContain('env.dangerous')
    expect(codeOf('', text)).toBeNull()
  },
)

function codeOf(before: string, after: string): string | null {
  try {
    refuseDangerousEnv(file(before), file(after))
    return null
  } catch (error) {
    if (error instanceof PanelError) return error.code
    throw error
  }
}

test.each([
  ['what was there stays', 'PATH=/x\nA=1\n', 'PATH=/x\nA=2\n', null],
  ['it may move', 'PATH=/x\nA=1\n', 'A=1\nPATH=/x\n', null],
  ['it may go', 'PATH=/x\nA=1\n', 'A=1\n', null],
  ['its value changes', 'PATH=/x\n', 'PATH=/y\n', 'ENV_VARIABLE_REFUSED'],
  ['it comes twice', 'PATH=/x\n', 'PATH=/x\nPATH=/x\n', 'ENV_VARIABLE_REFUSED'],
  ['another of two wins', 'PATH=/x\nPATH=/y\n', 'PATH=/y\nPATH=/x\n', 'ENV_VARIABLE_REFUSED'],
  ['a comment is opened', '# PATH=/x\n', 'PATH=/x\n', 'ENV_VARIABLE_REFUSED'],
  ['an old =x stays', '=x\nA=1\n', 'A=2\n=x\n', null],
  ['a second =x comes', '=x\n', '=x\n=x\n', 'ENV_INVALID'],
  ['a new =x comes', '', '=x', 'ENV_INVALID'],
  ['too long', '', `A=${'x'.repeat(70_000)}`, 'ENV_INVALID'],
  ['findings that harm nobody', '', 'A="x"\nexport B=1\n', null],
])('a change where %s', (_name, before, after, code) => {
  expect(codeOf(before, after)).toBe(code)
})

test('what only dotenv makes of a file is refused as well', () => {
  for (const text of [
    'export\u00a0LD_PRELOAD=y\n',
    'export\fLD_PRELOAD=y\n',
    'export\n\nLD_PRELOAD=y\n',
    'A=`\n\u2028LD_PRELOAD\u2028=y`\n',
  ])
    expect(() => refuseDangerousEnv(file(''), file(text)), JSON.stringify(text)).toThrow(
      /LD_PRELOAD is refused/,
    )
})

test('the refusal names each line', () => {
  try {
    refuseDangerousEnv(file(''), file('A=1\nPATH=/x\nLD_PRELOAD=y\n'))
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    expect(error.fields?.map((field) => field.path)).toEqual(['lines.2', 'lines.3'])
    expect(error.message).toContain('LD_PRELOAD')
  }
})

test('an incomplete channel says what is missing', () => {
  expect(check('MSTEAMS_APP_ID=x')[0]?.evidence).toBe(
    'MSTEAMS_APP_ID does nothing without MSTEAMS_APP_PASSWORD and MSTEAMS_TENANT_ID',
  )
})

// Measured as time of the processor: others may be at work on the machine. It takes half a second of it on two old cores.
test.each(['A=1\n', 'A="x\n', '=x\n', "'\n", '# c #\n', 'A b\n'])('100,000 times %j', (unit) => {
  const begun = process.cpuUsage()
  check(unit.repeat(100_000))
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(3)
})

test('no finding and no refusal holds a value', () => {
  const lead = fc.constantFrom('', 'export ', '# ', ' ', '\ufeff', '=', '"', 'PATH ', 'A ')
  const name = fc.constantFrom(
    'A',
    'RAZROOM_GATEWAY_TOKEN',
    'LD_PRELOAD',
    'PATH',
    'a-b',
    ';A',
    'RAZROOM_HOME',
  )
  const sign = fc.constantFrom('=', ' = ', ': ', '="', '=$', '=${', '=`', '=x # ', '\r', ' ')
  fc.assert(
    fc.property(lead, name, sign, fc.constantFrom('', '"', '*', '\n', '\0'), (a, key, equals, end) => {
      const text = `${a}${key}${equals}swordfish${end}`
      // A preview shows what the table shows too, and is looked at by itself.
      const words = check(text).map(({ fix, ...finding }) => ({ ...finding, label: fix?.label }))
      expect(JSON.stringify(words)).not.toContain('swordfish')
      try {
        refuseDangerousEnv(file(''), file(text))
      } catch (error) {
        if (!(error instanceof PanelError)) throw error
        expect(`${error.message}${JSON.stringify(error.fields)}`).not.toContain('swordfish')
      }
    }),
    { numRuns: 2_000 },
  )
})
