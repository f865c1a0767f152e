import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { parseEnvFile, readEnv } from './env-file.ts'
import { placeInEnv, placeToken, type TokenFiles } from './place-token.ts'
import { readConfig } from './razroom-config.ts'
import { effectiveToken } from './token.ts'

const NEW = 'new-token-0123456789-abcdef'
const KEY = 'RAZROOM_GATEWAY_TOKEN'
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (file: Uint8Array | null) =>
  file === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(file)

const files = (env: string, config?: string): TokenFiles => ({
  env: parseEnvFile(bytes(env)),
  config: config === undefined ? null : { config: readConfig(bytes(config)), text: config },
})

/** What both files are afterwards; null for one that stays. */
function placed(env: string, config?: string) {
  const placement = placeToken(files(env, config), NEW)
  return { env: text(placement.env), config: placement.configText }
}

function errorOf(env: string, config?: string): PanelError {
  try {
    placeToken(files(env, config), NEW)
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['an empty file', '', `${KEY}=${NEW}\n`],
  ['a file without it', '# c\nA=1', `# c\nA=1\n${KEY}=${NEW}\n`],
  ['its line, CRLF', `A=1\r\n${KEY}=old\r\nB=2\r\n`, `A=1\r\n${KEY}=${NEW}\r\nB=2\r\n`],
  ['quotes', `${KEY}="old"\n`, `${KEY}=${NEW}\n`],
  ['the last of two', `${KEY}=a\nX=1\n${KEY}=b\n`, `${KEY}=a\nX=1\n${KEY}=${NEW}\n`],
  ['export', `export ${KEY}=old\nA=1\n`, `${KEY}=${NEW}\nA=1\n`],
  ['export behind a plain line', `${KEY}=a\nexport ${KEY}="b"\r\n`, `${KEY}=a\n${KEY}=${NEW}\r\n`],
  ['blanks around the equals sign', `${KEY} = old\n`, `${KEY}=${NEW}\n`],
  ['a byte order mark', `\ufeff${KEY}=old\nA=1\n`, `${KEY}=${NEW}\nA=1\n`],
  ['a bare key', `${KEY}\n`, `${KEY}=${NEW}\n`],
  ['a comment of that name', `# ${KEY}=old\n`, `# ${KEY}=old\n${KEY}=${NEW}\n`],
  ['a longer name', `${KEY}_2=old\n`, `${KEY}_2=old\n${KEY}=${NEW}\n`],
  ['no newline at the end', `export ${KEY}=old`, `${KEY}=${NEW}`],
])('sets it in .env: %s', (_name, before, after) => {
  expect(placed(before)).toEqual({ env: after, config: null })
})

test('a file that holds it already stays', () => {
  expect(placed(`${KEY}=${NEW}\n`, `{gateway: {auth: {token: '${NEW}'}}}`)).toEqual({
    env: null,
    config: null,
  })
})

test('razroom.json gets it only where it has one', () => {
  expect(placed(`${KEY}=a\n`, '{gateway: {mode: "local"}}').config).toBeNull()
  expect(placed(`${KEY}=a\n`, '{gateway: {auth: {token: ""}}}').config).toBeNull()
  const config = `// mine\n{gateway: {auth: {token: 'a' /* why */, mode: 'token'}}}`
  expect(placed('', config)).toEqual({ env: `${KEY}=${NEW}\n`, config: config.replace("'a'", `"${NEW}"`) })
})

test('a reference stays, and its variable is set', () => {
  const reference = (name: string) => `{gateway: {auth: {token: "\${${name}}"}}}`
  expect(placed(`${KEY}=a\n`, reference(KEY))).toEqual({ env: `${KEY}=${NEW}\n`, config: null })
  expect(placed('MINE=a\n', reference('MINE'))).toEqual({ env: `MINE=${NEW}\n`, config: null })
  expect(placed('', reference('MINE'))).toEqual({ env: `MINE=${NEW}\n`, config: null })
  expect(placed(`${KEY}=b\nMINE=a\n`, reference('MINE'))).toEqual({
    env: `${KEY}=${NEW}\nMINE=${NEW}\n`,
    config: null,
  })
})

test.each([
  ['two variables', `{gateway: {auth: {token: "\${A}\${B}"}}}`],
  ['text around it', `{gateway: {auth: {token: "x-\${A}"}}}`],
  ['a variable that loads code', `{gateway: {auth: {token: "\${NODE_OPTIONS}"}}}`],
  ['a variable of the panel', `{gateway: {auth: {token: "\${RAZROOM_GATEWAY_PORT}"}}}`],
  ['the password', `{gateway: {auth: {mode: "token", token: "\${RAZROOM_GATEWAY_PASSWORD}"}}}`],
  ['an object', '{gateway: {auth: {token: {source: "env", id: "A"}}}}'],
  ['a number', '{gateway: {auth: {token: 5}}}'],
])('refuses what it can not replace in razroom.json: %s', (_name, config) => {
  expect(errorOf(`${KEY}=a\n`, config)).toMatchObject({ code: 'TOKEN_NOT_WRITABLE', status: 409 })
})

test('refuses where the gateway asks for a password', () => {
  expect(errorOf('RAZROOM_GATEWAY_PASSWORD=p\n').code).toBe('TOKEN_NOT_USED')
  expect(errorOf('', '{gateway: {auth: {mode: "password", token: "a"}}}').code).toBe('TOKEN_NOT_USED')
  expect(placed('RAZROOM_GATEWAY_PASSWORD=p\n', '{gateway: {auth: {mode: "token"}}}').env).toContain(NEW)
})

test('10,000 files: the gateway takes the new one, both sources agree, and the other lines stay', () => {
  const line = fc.constantFrom(
    ...[
      `${KEY}=old`,
      `export ${KEY}=old`,
      ` ${KEY} = 'old'`,
      KEY,
      `MINE=a`,
      '# c',
      '',
      `A=b ${KEY}=x`,
      '=x',
      '\ufeff',
    ],
  )
  const env = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 6 })
  const config = fc.constantFrom(
    ...[
      undefined,
      '{}',
      `{gateway: {auth: {token: ' old ',}}} // c`,
      `{gateway: {auth: {token: "\${MINE}"}}}`,
    ],
    `{gateway: {auth: {token: 'a', "to\\u006ben": 'b'}}}`,
  )
  fc.assert(
    fc.property(env, config, (lines, razroom) => {
      const before = lines.flat().join('')
      const after = placed(before, razroom)
      const variables = readEnv(parseEnvFile(bytes(after.env ?? before)))
      const json = after.config ?? razroom
      const found = effectiveToken(variables, json === undefined ? null : readConfig(bytes(json)))
      expect(found).toMatchObject({ token: NEW, sourcesAgree: true })
      const own = (file: string) =>
        file.split('\n').filter((each) => !/^\ufeff?[ \w]*(TOKEN|MINE)/.test(each) && each !== '')
      expect(own(after.env ?? before)).toEqual(own(before))
    }),
    { numRuns: 10_000 },
  )
})

test('reconciling sets the variable and refuses what no line can hold', () => {
  const env = parseEnvFile(bytes(`${KEY}=other\nA=1\n`))
  expect(text(placeInEnv(env, 'from config'))).toBe(`${KEY}=from config\nA=1\n`)
  expect(placeInEnv(env, 'other')).toBeNull()
  expect(() => placeInEnv(env, 'a\nb')).toThrow('no line of .env can hold')
})
