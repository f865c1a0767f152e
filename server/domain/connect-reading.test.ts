import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectInConfig, connectInEnv, modelOf, providersOfConfig } from './connect-edits.ts'
import { CONNECT_PROVIDERS } from './connect-providers.ts'
import { readConnectionWish } from './connect-reading.ts'
import { parseEnvFile, readEnv, renderEnvFile } from './env-file.ts'
import { readConfig } from './razroom-config.ts'

const KEY = 'sk-ant-api03-0123456789abcdef'
const nothing = () => false
const texts = (problems: readonly { path: string; message: string }[]) =>
  problems.map(({ path, message }) => `${path} ${message}`)

describe('what is wished', () => {
  test('becomes variables, a model, and what a channel needs in razroom.json', () => {
    const reading = readConnectionWish(
      {
        provider: { id: 'anthropic', key: ` "${KEY}"\n` },
        model: ' anthropic/claude-opus-4-6 ',
        channels: [{ id: 'discord', values: [{ name: 'DISCORD_BOT_TOKEN', value: 'A'.repeat(60) }] }],
      },
      nothing,
    )
    expect(reading.problems).toEqual([])
    expect(reading.values).toEqual([
      { name: 'ANTHROPIC_API_KEY', value: KEY },
      { name: 'DISCORD_BOT_TOKEN', value: 'A'.repeat(60) },
    ])
    expect(reading.model).toBe('anthropic/claude-opus-4-6')
    expect(reading.defaults).toEqual([{ path: ['channels', 'discord', 'groupPolicy'], value: 'allowlist' }])
    expect(reading.findings.map(({ title }) => title)).toEqual([
      'ANTHROPIC_API_KEY: the quotes around it left out',
    ])
  })

  test('keeps what is set: nothing typed is nothing written', () => {
    const wish = { provider: { id: 'anthropic' }, channels: [{ id: 'slack', values: [] }] }
    const isSet = (name: string) => !name.startsWith('SLACK_USER')
    expect(readConnectionWish(wish, isSet)).toMatchObject({ values: [], problems: [], findings: [] })
  })

  test('is refused when a part of it is missing, with what is missing', () => {
    const wish = {
      provider: { id: 'openai', key: '  ' },
      channels: [
        { id: 'slack', values: [{ name: 'SLACK_BOT_TOKEN', value: `xoxb-${'1'.repeat(30)}` }] },
        { id: 'mattermost', values: [] },
      ],
    }
    expect(texts(readConnectionWish(wish, nothing).problems)).toEqual([
      'provider.key is missing: OpenAI needs a key',
      'channels.slack.SLACK_APP_TOKEN is missing: Slack does nothing without it',
      'channels.mattermost.MATTERMOST_URL is missing: Mattermost does nothing without it',
      'channels.mattermost.MATTERMOST_BOT_TOKEN is missing: Mattermost does nothing without it',
    ])
  })

  test('names only what is known', () => {
    const wish = {
      provider: { id: 'nope' },
      channels: [
        { id: 'pigeon', values: [] },
        { id: 'telegram', values: [{ name: 'LD_PRELOAD', value: '/tmp/x.so' }] },
      ],
    }
    const { problems, values } = readConnectionWish(wish, () => true)
    expect(problems.every(({ isUnknown }) => isUnknown)).toBe(true)
    expect(problems).toHaveLength(3)
    expect(values).toEqual([])
  })

  test('is doubted where it does not fit together', () => {
    const titles = (
      wish: Parameters<typeof readConnectionWish>[0],
      isSet = nothing as (name: string) => boolean,
    ) => readConnectionWish(wish, isSet).findings.map(({ title }) => title)
    expect(titles({ provider: { id: 'openai', key: 'gsk_0123456789abcdefghij' } })).toEqual([
      'OPENAI_API_KEY: it begins as keys of Groq do',
    ])
    expect(
      titles({ provider: { id: 'openai', key: 'sk-0123456789abcdefghij' }, model: 'xai/grok-4' }),
    ).toEqual(['The model is one of xAI, and .env has no key for it'])
    expect(titles({ model: 'xai/grok-4' }, (name) => name === 'XAI_API_KEY')).toEqual([])
    expect(
      titles({ provider: { id: 'anthropic', key: KEY } }, (name) => name === 'ANTHROPIC_OAUTH_TOKEN'),
    ).toEqual(['ANTHROPIC_OAUTH_TOKEN comes first'])
  })
})

const bytes = (text: string) => new TextEncoder().encode(text)
const envAfter = (before: string, values: readonly { name: string; value: string }[]) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    renderEnvFile(connectInEnv(parseEnvFile(bytes(before)), { values })),
  )

describe('.env', () => {
  const set = [{ name: 'OPENAI_API_KEY', value: 'new-key-0123' }]
  test.each([
    ['', 'OPENAI_API_KEY=new-key-0123\n'],
    ['# mine\r\nA=1\r\n', '# mine\r\nA=1\r\nOPENAI_API_KEY=new-key-0123\n'],
    ['OPENAI_API_KEY=old # why\r\nB=2', 'OPENAI_API_KEY=new-key-0123\r\nB=2'],
    ['export OPENAI_API_KEY="old"\n\n# end\n', 'OPENAI_API_KEY=new-key-0123\n\n# end\n'],
    ['OPENAI_API_KEY=a\nOPENAI_API_KEY=b\n', 'OPENAI_API_KEY=a\nOPENAI_API_KEY=new-key-0123\n'],
    ['#OPENAI_API_KEY=\nA=1', '#OPENAI_API_KEY=\nA=1\nOPENAI_API_KEY=new-key-0123\n'],
  ])('%j', (before, after) => {
    expect(envAfter(before, set)).toBe(after)
  })

  test('whatever stands there: only the lines of the variables are others', () => {
    const line = fc.oneof(
      fc.string().filter((text) => !/[\n=]/.test(text)),
      fc.constantFrom('# a comment', '', 'A=1', 'export B="x y"', 'OPENAI_API_KEY=old', 'é=ü', '=x', 'C'),
    )
    const file = fc.tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean())
    fc.assert(
      fc.property(
        file,
        fc.subarray(['OPENAI_API_KEY', 'GROQ_API_KEY', 'HF_TOKEN']),
        ([lines, end, isEnded], names) => {
          const before = lines.join(end) + (isEnded && lines.length > 0 ? end : '')
          const after = envAfter(
            before,
            names.map((name) => ({ name, value: `value-of-${name}` })),
          )
          const variables = readEnv(parseEnvFile(bytes(after)))
          for (const name of names) expect(variables.get(name)).toBe(`value-of-${name}`)
          const others = (text: string) =>
            text
              .split('\n')
              .filter((one) => one.trim() !== '' && !/OPENAI_API_KEY|GROQ_API_KEY|HF_TOKEN/.test(one))
          expect(others(after)).toEqual(others(before))
        },
      ),
    )
  })
})

describe('razroom.json', () => {
  const model = 'openai/gpt-5.2'
  const discord = [{ path: ['channels', 'discord', 'groupPolicy'], value: 'allowlist' }]
  test.each([
    [
      null,
      '{\n  "gateway": {\n    "mode": "local"\n  },\n  "agents": {\n    "defaults": {\n      "model": {\n        "primary": "openai/gpt-5.2"\n      }\n    }\n  }\n}\n',
    ],
    [
      "// mine\n{ gateway: { mode: 'local' } /* why */ }",
      '// mine\n{ gateway: { mode: \'local\' }, /* why */ "agents": { "defaults": { "model": { "primary": "openai/gpt-5.2" } } } }',
    ],
    [
      "{ agents: { defaults: { model: { primary: 'a/b', fallbacks: ['c/d'] } } } } // end\n",
      '{ agents: { defaults: { model: { primary: "openai/gpt-5.2", fallbacks: [\'c/d\'] } } } } // end\n',
    ],
    ['{ agents: { defaults: { model: "a/b" } } }', '{ agents: { defaults: { model: "openai/gpt-5.2" } } }'],
  ])('%j gets the model', (before, after) => {
    expect(connectInConfig(before, { model, defaults: [] })).toBe(after)
    expect(modelOf(readConfig(bytes(after)).raw)).toBe(model)
  })

  test('stays as it is when it says all of it already', () => {
    const text =
      "{ agents: { defaults: { model: { primary: 'openai/gpt-5.2' } } }, channels: { discord: { groupPolicy: 'open' } } }"
    expect(connectInConfig(text, { model, defaults: discord })).toBeNull()
    expect(connectInConfig(null, { model: null, defaults: [] })).toBeNull()
  })

  test('gets what a channel needs only where nothing stands', () => {
    expect(
      connectInConfig('{ channels: { discord: { enabled: true } } }', { model: null, defaults: discord }),
    ).toBe('{ channels: { discord: { enabled: true, "groupPolicy": "allowlist" } } }')
  })

  test('tells the providers whose keys it holds itself', () => {
    const raw = {
      env: { GROQ_API_KEY: 'x', XAI_API_KEY: ' ', vars: { MISTRAL_API_KEY: 'y' } },
      models: { providers: { mine: { apiKey: 'z' }, other: {} } },
      auth: { profiles: { 'anthropic:default': { provider: 'anthropic', mode: 'oauth' } } },
    }
    const names = new Map(CONNECT_PROVIDERS.map(({ id, variables }) => [id, variables]))
    expect([...providersOfConfig(raw, names)].sort()).toEqual(['anthropic', 'groq', 'mine', 'mistral'])
    for (const odd of [null, 3, { env: [] }, { models: { providers: 'x' } }, { auth: { profiles: [1] } }])
      expect(providersOfConfig(odd, names).size).toBe(0)
  })
})
