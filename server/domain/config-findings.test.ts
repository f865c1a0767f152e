import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkConfig, configVerdict, mendConfig } from './config-findings.ts'
import type { ConfigSurroundings } from './config-reading.ts'
import { readConfig } from './razroom-config.ts'

const STRONG = '0123456789abcdef0123456789abcdef'
const around: ConfigSurroundings = {
  env: new Map([['RAZROOM_GATEWAY_TOKEN', STRONG]]),
  origin: 'http://127.0.0.1:28789',
}
const noToken: ConfigSurroundings = { ...around, env: new Map() }
const bytesOf = (text: string) => new TextEncoder().encode(text)
const look = (text: string, surroundings = around) =>
  checkConfig(bytesOf(text), surroundings).map(
    ({ severity, id, line, column }) => `${line}:${column} ${severity} ${id}`,
  )

describe('checkConfig', () => {
  it.each([
    ['{ gateway: { mode: "local" } }', []],
    ['\ufeff{ gateway: { mode: "local", bind: "lan", port: 18789 } }', []],
    ['{}', ['1:1 error config.mode']],
    ['\n{\n  "gateway": { "bind": "lan" }\n}', ['3:3 error config.mode']],
    ['{ gateway: { mode: "remote" } }', ['1:14 error config.mode']],
    ['{ gateway: { mode: 5 } }', ['1:14 error config.mode']],
    ['{ gateway: 5 }', ['1:3 error config.section']],
    ['{ gateway: { auth: [], controlUi: 1 } }', ['1:14 error config.section', '1:24 error config.section']],
    ['{ gateway: { mode: "local", bind: "loopback" } }', ['1:29 info config.bind']],
    ['{ gateway: { mode: "local", port: 19000 } }', ['1:29 info config.port']],
    ['{ gateway: { mode: "local", port: "19000" } }', ['1:29 error config.port-invalid']],
    ['{ gateway: { mode: "remote", mode: "local" } }', ['1:14 warning config.twice']],
    ['{ a: [ { b: 1, b: 2 } ], gateway: { mode: "local" } }', ['1:10 warning config.twice']],
    ['{ gateway: { mode: "local" }, a: "\0" }', ['1:35 warning config.nul']],
    ['', ['1:1 error config.empty']],
    [' \n', ['1:1 error config.empty']],
    ['[]', ['1:1 error config.not-object']],
    ['{\n  a: b\n}', ['2:6 error config.not-json5']],
    ['{', ['1:2 error config.not-json5']],
    ['{\n  gateway: {\n', ['3:1 error config.not-json5']],
  ])('%j', (text, found) => {
    expect(look(text)).toEqual(found)
  })

  it.each([
    ['{\n  a: "x"\n  b: 1\n}', 2],
    ['{ a: 1 // one\n  "b": 2 }', 1],
    ['{ a: true\n\n b: 2 }', 1],
    ['{ a: [{} {}] }', 1],
    ['{\n  a: b\n}', undefined],
    ['{ "http://x" ; }', undefined],
    ['{', undefined],
  ])('a comma that may be missing in %j', (text, line) => {
    const evidence = checkConfig(bytesOf(text), around)[0]?.evidence ?? ''
    const said = /a comma may be missing before it \(line (\d+)\)$/.exec(evidence)?.[1]
    expect(said).toBe(line === undefined ? undefined : String(line))
  })

  it.each([
    ['origins', 'allowedOrigins: ["https://a.example"]', ['warning config.origin']],
    ['none', 'allowedOrigins: []', []],
    ['all', 'allowedOrigins: ["*"]', []],
    ['this one', 'allowedOrigins: ["https://a.example", "http://127.0.0.1:28789/"]', []],
    [
      'flags',
      'allowInsecureAuth: true, dangerouslyDisableDeviceAuth: true',
      ['warning config.insecure', 'warning config.insecure'],
    ],
    ['no flags', 'allowInsecureAuth: false', []],
  ])('the page: %s', (_name, members, found) => {
    const text = `{ gateway: { mode: "local", controlUi: { ${members} } } }`
    expect(look(text).map((one) => one.replace(/^\S+ /, ''))).toEqual(found)
  })

  it.each([
    ['none at all', '', noToken, ['error config.auth-missing']],
    ['no text', 'token: 5', around, ['error config.token-type']],
    ['weak', 'token: "abc"', noToken, ['warning config.token-weak']],
    ['another', `token: "${STRONG}x"`, around, ['warning config.token-differs']],
    ['the same', `token: "${STRONG}"`, around, []],
    ['of nothing', `token: "\${NOT_SET}"`, around, ['error config.token-reference']],
    ['of .env', `token: "\${RAZROOM_GATEWAY_TOKEN}"`, around, []],
    ['.env unread', `token: "\${NOT_SET}"`, { ...around, env: null }, []],
    ['a password', 'mode: "password", password: "x"', around, ['warning config.password']],
    ['no password', 'mode: "password"', around, ['error config.password-missing']],
    ['other mode', 'mode: "trusted-proxy"', around, ['warning config.auth-mode']],
  ])('the token: %s', (_name, members, surroundings, found) => {
    const text = `{ gateway: { mode: "local", auth: { ${members} } } }`
    expect(look(text, surroundings).map((one) => one.replace(/^\S+ /, ''))).toEqual(found)
  })

  it('says what cannot be text, and that there is none', () => {
    expect(checkConfig(Uint8Array.of(0x7b, 0x0a, 0xff, 0x7d), around)).toMatchObject([
      { id: 'config.not-utf8', line: 2, column: 1 },
    ])
    expect(checkConfig(null, around)).toMatchObject([{ id: 'config.missing', severity: 'error' }])
  })

  it('tells no value that could be a secret', () => {
    const auth = 'auth: { mode: "token", token: "canary-a", password: "canary-b" }'
    const text = `{ gateway: { ${auth}, controlUi: { allowedOrigins: ["http://a/#token=canary-c"] } } }`
    for (const surroundings of [around, noToken]) {
      expect(JSON.stringify(checkConfig(bytesOf(text), surroundings))).not.toContain('canary')
    }
  })

  it('has an end with thousands of keys that stand twice', () => {
    const text = `{ gateway: { mode: "local" }, ${'a: 1, '.repeat(100_000)} }`
    const started = process.cpuUsage()
    expect(look(text)).toHaveLength(100)
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000)
  })
})

describe('configVerdict', () => {
  it.each([
    ['{}', 'fatal'],
    ['{ gateway: { mode: "local", auth: { token: "abc" } } }', 'findings'],
    ['{ gateway: { mode: "local", bind: "auto" } }', 'clean'],
  ])('%s is %s', (text, verdict) => {
    expect(configVerdict(checkConfig(bytesOf(text), around))).toBe(verdict)
  })
})

describe('mendConfig', () => {
  const mend = (text: string | null, id: string) =>
    mendConfig(text === null ? null : bytesOf(text), around, id)

  it('changes the one place, and promised the line', () => {
    const text = '{\r\n  // mine\r\n  gateway: {\r\n    mode: "remote", // why?\r\n  },\r\n}\r\n'
    expect(mend(text, 'config.mode')).toBe(text.replace('"remote"', '"local"'))
    const [finding] = checkConfig(bytesOf(text), around)
    expect(finding?.fix).toEqual({ label: 'Set it to "local"', preview: 'mode: "local", // why?' })
  })

  it('adds what is missing at the end of the object that is there', () => {
    const text = '{\n  // mine\n  "a": 1 // one\n}\n'
    expect(mend(text, 'config.mode')).toBe(
      '{\n  // mine\n  "a": 1, // one\n  "gateway": {\n    "mode": "local"\n  }\n}\n',
    )
    expect(checkConfig(bytesOf(text), around)[0]?.fix?.preview).toBe('"mode": "local"')
  })

  it('adds to a list, and masks what stands beside', () => {
    const text =
      '{ gateway: { mode: "local", auth: { token: "canary" }, controlUi: { allowedOrigins: [ "http://a/", ] } } }'
    expect(mend(text, 'config.origin')).toBe(
      text.replace('"http://a/", ]', '"http://a/", "http://127.0.0.1:28789", ]'),
    )
    const fix = checkConfig(bytesOf(text), around).find(({ id }) => id === 'config.origin')?.fix
    expect(fix?.preview).toContain('"http://127.0.0.1:28789"')
    expect(fix?.preview).not.toContain('canary')
  })

  it.each([null, '', ' \n'])('writes a new file where there is nothing: %j', (text) => {
    const id = text === null ? 'config.missing' : 'config.empty'
    const mended = mend(text, id) ?? ''
    expect(readConfig(bytesOf(mended)).mode).toBe('local')
  })

  it('knows no mend of what it did not find, or cannot mend', () => {
    expect(mend('{ gateway: { mode: "local" } }', 'config.mode')).toBeNull()
    expect(mend('{ gateway: 5 }', 'config.section')).toBeNull()
  })

  it('after a mend the finding is gone, and every other character is still there', () => {
    const section = fc.constantFrom(
      '',
      '/* c */',
      'mode: "remote",',
      'mode: 5, // m\n',
      'bind: "lan",',
      '\n\tauth: {},',
    )
    const file = fc
      .tuple(section, section, fc.constantFrom('', 'a: [1, 2,],\n', '// x\n'))
      .map(([one, two, before]) => `{ ${before}gateway: { ${one} ${two} } }`)
    fc.assert(
      fc.property(file, (text) => {
        const mended = mend(text, 'config.mode')
        if (mended === null) return
        expect(look(mended).join()).not.toContain('config.mode')
        for (const comment of text.match(/\/\/.*|\/\*.*?\*\//g) ?? []) expect(mended).toContain(comment)
      }),
    )
  })
})

describe('a file nested beyond reason', () => {
  it('is a finding, and no failure', () => {
    const deep = `{ gateway: { mode: 'local' }, a: ${'['.repeat(600)}${']'.repeat(600)} }`
    const findings = checkConfig(new TextEncoder().encode(deep), {
      env: new Map(),
      origin: 'http://127.0.0.1:18789',
    })
    expect(findings.map(({ severity, evidence }) => [severity, evidence])).toEqual([
      ['error', 'nested more than 500 deep'],
    ])
  })
})
