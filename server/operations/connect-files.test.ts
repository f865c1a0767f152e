import { beforeEach, describe, expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { planConnection, readConnections } from './connect-files.ts'
import { CONFIG, type ConnectWorld, ENV, KEY, makeConnectWorld, WISH } from './connect-world.ts'
import { CONFIG_PATH, ENV_PATH } from './token-world.ts'

let it: ConnectWorld
beforeEach(() => {
  it = makeConnectWorld()
})
const putEnv = (text: string) => it.world.files.set(ENV_PATH, text)
const putConfig = (text: string) => it.world.files.set(CONFIG_PATH, text)
const failure = async (wish: Parameters<typeof planConnection>[1]) => {
  try {
    await planConnection(it.host, wish)
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('readConnections', () => {
  test('a fresh gateway has no provider', async () => {
    putEnv('RAZROOM_GATEWAY_TOKEN=x\n')
    const found = await readConnections(it.host)
    expect([found.hasProvider, found.model]).toEqual([false, null])
    expect(found.providers.find(({ id }) => id === 'openai')).toMatchObject({
      service: 'OpenAI',
      variable: 'OPENAI_API_KEY',
      isSet: false,
      url: 'https://platform.openai.com/api-keys',
    })
    expect(found.channels.every(({ isSet }) => !isSet)).toBe(true)
  })

  test('tells what is set and shows no secret', async () => {
    putEnv(`XAI_API_KEY=${KEY}\nSLACK_BOT_TOKEN=${KEY}\nIRC_HOST=irc.example.org\nIRC_NICK=bot\n`)
    putConfig('{ agents: { defaults: { model: "xai/grok-4" } }, env: { GROQ_API_KEY: "abc" } }')
    const found = await readConnections(it.host)
    expect([found.hasProvider, found.model]).toEqual([true, 'xai/grok-4'])
    const setIn = Object.fromEntries(found.providers.map(({ id, setIn }) => [id, setIn]))
    expect([setIn.xai, setIn.groq, setIn.openai]).toEqual(['XAI_API_KEY', 'razroom.json', undefined])
    const [slack, irc] = ['slack', 'irc'].map((id) => found.channels.find((channel) => channel.id === id))
    expect([slack?.isSet, irc?.isSet]).toEqual([false, true])
    expect(irc?.variables.find(({ name }) => name === 'IRC_NICK')?.value).toBe('bot')
    expect(JSON.stringify(found)).not.toContain(KEY)
  })

  test('a provider that is not among these counts as well; a broken razroom.json tells nothing', async () => {
    putEnv('LITELLM_API_KEY=sk-1234\n')
    putConfig('{ broken')
    expect(await readConnections(it.host)).toMatchObject({ hasProvider: true, model: null })
    putEnv('OPENAI_API_KEY= \n')
    expect((await readConnections(it.host)).hasProvider).toBe(false)
  })
})

describe('planConnection', () => {
  test('shows each line that would be another, secrets masked, and changes nothing', async () => {
    const { preview } = await planConnection(it.host, WISH)
    const signed = (lines: typeof preview.env.difference) =>
      lines.filter(({ sign }) => sign !== ' ' && sign !== '…').map(({ sign, text }) => `${sign}${text}`)
    expect(signed(preview.env.difference)).toEqual([
      '-export ANTHROPIC_API_KEY=••••••••',
      '+ANTHROPIC_API_KEY=••••••••',
    ])
    expect(signed(preview.config.difference).join()).toContain('"primary": "anthropic/claude-opus-4-6"')
    expect(preview.findings.map(({ id }) => id)).toEqual(['connect.left-out.ANTHROPIC_API_KEY'])
    expect(JSON.stringify(preview)).not.toContain(KEY)
    expect([it.text(ENV_PATH), it.text(CONFIG_PATH)]).toEqual([ENV, CONFIG])
  })

  test('refuses with a field for each fault, and never with a value', async () => {
    const wish = {
      provider: { id: 'openai', key: 'GROQ_API_KEY=canary-0123456789' },
      model: 'gpt canary',
      channels: [{ id: 'slack', values: [{ name: 'SLACK_APP_TOKEN', value: 'xoxb-canary-0123456789' }] }],
    }
    const error = await failure(wish)
    expect(error).toMatchObject({ code: 'CONNECTION_INVALID', status: 400 })
    expect(error.fields?.map(({ path }) => path)).toEqual([
      'body.provider.key',
      'body.model',
      'body.channels.slack.SLACK_APP_TOKEN',
      'body.channels.slack.SLACK_BOT_TOKEN',
    ])
    expect(JSON.stringify([error.message, error.fields])).not.toContain('canary')
  })

  test('refuses names that are not known, and does not repeat them: a key may have got there', async () => {
    const slack = { id: 'slack', values: [{ name: 'canary-0123456789', value: 'x' }] }
    for (const wish of [
      { provider: { id: 'canary-0123456789' } },
      { channels: [{ id: 'canary-0123456789', values: [] }] },
      { channels: [slack] },
    ]) {
      const error = await failure(wish)
      expect(error).toMatchObject({ code: 'CONNECTION_UNKNOWN', status: 404 })
      expect(JSON.stringify([error.message, error.fields])).not.toContain('canary')
    }
  })

  test('refuses what the gateway would not start with, before anything is written', async () => {
    putConfig('{ gateway: { mode: "remote" } }')
    expect((await failure(WISH)).code).toBe('CONFIG_WOULD_NOT_START')
    putConfig('{ broken')
    expect((await failure(WISH)).code).toBe('CONFIG_INVALID')
    // A key alone leaves razroom.json alone.
    expect((await planConnection(it.host, { provider: WISH.provider })).configAfter).toBeNull()
  })

  test('says when razroom.json limits the models', async () => {
    putConfig('{ gateway: { mode: "local" }, agents: { defaults: { models: { "openai/gpt-5.2": {} } } } }')
    const { preview } = await planConnection(it.host, WISH)
    expect(preview.findings.map(({ id }) => id)).toContain('connect.model-not-listed')
  })

  test('tells what the readers of .env make of a line', async () => {
    const values = [
      { name: 'IRC_HOST', value: 'irc.example.org' },
      { name: 'IRC_NICK', value: 'bot' },
      { name: 'IRC_PASSWORD', value: '"in quotes"' },
    ]
    const { preview } = await planConnection(it.host, { channels: [{ id: 'irc', values }] })
    expect(preview.findings.length).toBeGreaterThan(0)
    expect(preview.findings.every(({ fix }) => fix === undefined)).toBe(true)
  })
})
