import { beforeEach, describe, expect, test } from 'vitest'
import { HostError, PanelError } from '../errors.ts'
import { CONFIG, type ConnectWorld, ENV, etagOf, KEY, makeConnectWorld, WISH } from './connect-world.ts'
import { CONFIG_PATH, ENV_PATH, perform } from './token-world.ts'

const ENV_AFTER = ENV.replace('export ANTHROPIC_API_KEY="old"', `ANTHROPIC_API_KEY=${KEY}`)
const CONFIG_AFTER =
  '// mine\n{ gateway: { mode: \'local\' }, /* why */ "agents": { "defaults": { "model": { "primary": "anthropic/claude-opus-4-6" } } } }\n'
let it: ConnectWorld
beforeEach(() => {
  it = makeConnectWorld()
})
const files = () => [it.text(ENV_PATH), it.text(CONFIG_PATH)]
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof PanelError) return error
      throw error
    },
  )

describe('both files', () => {
  test('are written, everything else in them stays, and the gateway is started with them and asked', async () => {
    const { error, said, text } = await perform(await it.plan(WISH))
    expect(error).toBeNull()
    expect(files()).toEqual([ENV_AFTER, CONFIG_AFTER])
    expect(it.world.writes).toEqual([ENV_PATH, CONFIG_PATH])
    expect(it.world.starts).toBe(1)
    expect(it.world.containerEnv).toContain(`ANTHROPIC_API_KEY=${KEY}`)
    expect(it.asked).toEqual(['models status --json'])
    expect(said.get('verify-connection')).toContain(
      'has a key for Anthropic and its default model is anthropic/',
    )
    expect(said.get('verify-connection')).toContain('only Anthropic can say')
    expect(it.remembered).toEqual([KEY])
    expect(text).not.toContain(KEY)
  })

  test('are left alone when they have it already; a second run changes nothing', async () => {
    await perform(await it.plan(WISH))
    const { error, said } = await perform(await it.plan(WISH))
    expect(error).toBeNull()
    expect(it.world.writes).toEqual([ENV_PATH, CONFIG_PATH])
    expect(said.get('save-env')).toContain('has all of it already')
  })

  test('are written without a restart, if that is wished', async () => {
    const { error, said } = await perform(await it.plan(WISH, { restart: false }))
    expect(error).toBeNull()
    expect([it.world.starts, it.asked.length]).toEqual([0, 0])
    expect(said.get('verify-connection')).toContain('a restart is due')
  })

  test('wait for the next start of a gateway that does not run', async () => {
    it.world.isRunning = false
    const { error, said } = await perform(await it.plan(WISH))
    expect(error).toBeNull()
    expect([it.world.starts, it.asked.length]).toEqual([0, 0])
    expect(said.get('verify-connection')).toContain('does not run')
  })

  test('are made where there is no razroom.json', async () => {
    it = makeConnectWorld(ENV)
    it.world.files.delete(CONFIG_PATH)
    expect((await perform(await it.plan(WISH))).error).toBeNull()
    expect(JSON.parse(it.text(CONFIG_PATH) ?? '')).toMatchObject({ gateway: { mode: 'local' } })
  })
})

describe('a file that somebody else changed', () => {
  test('after the preview is refused before anything begins, with what differs', async () => {
    const etags = { env: etagOf(ENV), config: etagOf(CONFIG) }
    it.world.files.set(ENV_PATH, `${ENV}OTHER=1\n`)
    expect(await failure(it.plan(WISH, { etags }))).toMatchObject({ code: 'ENV_CHANGED', status: 412 })
    it.world.files.set(ENV_PATH, ENV)
    it.world.files.set(CONFIG_PATH, '{}')
    expect(await failure(it.plan(WISH, { etags }))).toMatchObject({ code: 'CONFIG_CHANGED', status: 412 })
    expect(it.world.writes).toEqual([])
  })

  test('between the start and the first step is refused, and nothing is written', async () => {
    const plan = await it.plan(WISH)
    it.world.files.set(CONFIG_PATH, '{ gateway: { mode: "local" } }')
    expect((await perform(plan)).error?.code).toBe('CONFIG_CHANGED')
    expect(it.world.writes).toEqual([])
  })

  test('between the two writes: the first file is put back', async () => {
    const plan = await it.plan(WISH)
    it.world.onWrite = () => it.world.files.set(CONFIG_PATH, '{ gateway: { mode: "local" }, logging: {} }')
    const { error } = await perform(plan)
    expect(error?.code).toBe('CONFIG_CHANGED')
    expect(error?.detail).toContain(`${ENV_PATH} is put back as it was`)
    expect(files()).toEqual([ENV, '{ gateway: { mode: "local" }, logging: {} }'])
    expect(it.world.starts).toBe(0)
  })
})

describe('what fails behind a write', () => {
  test('the second file: the first is put back from its version, and that is said', async () => {
    it.refused = CONFIG_PATH
    const { error, said } = await perform(await it.plan(WISH))
    expect(error?.code).toBe('DISK_FULL')
    expect(error?.detail).toContain(`${ENV_PATH} is put back as it was`)
    expect(said.get('save-config')).toContain('put back')
    expect(files()).toEqual([ENV, CONFIG])
    expect(it.world.starts).toBe(0)
  })

  test('a gateway that ends at once: both are put back, and it runs as before', async () => {
    const start = it.world.onStart
    it.world.onStart = () => {
      start()
      it.world.isRunning = it.text(ENV_PATH) === ENV
    }
    const { error } = await perform(await it.plan(WISH))
    expect(error?.code).toBe('GATEWAY_EXITED')
    expect(error?.detail).toContain('the gateway runs again as before')
    expect(files()).toEqual([ENV, CONFIG])
    expect([it.world.starts, it.world.isRunning]).toEqual([2, true])
  })

  test('a cancel between the two files takes the first back; one after both keeps them', async () => {
    const abort = new AbortController()
    it.world.onWrite = () => abort.abort()
    await expect(perform(await it.plan(WISH), abort.signal)).rejects.toThrow()
    expect(files()).toEqual([ENV, CONFIG])
    const later = new AbortController()
    it.world.onStart = () => later.abort()
    await expect(perform(await it.plan(WISH), later.signal)).rejects.toThrow()
    expect(files()).toEqual([ENV_AFTER, CONFIG_AFTER])
    expect(it.world.isRunning).toBe(true)
  })
})

describe('what the gateway says of it', () => {
  test('no key: CONNECTION_NOT_SEEN, and what was written stays', async () => {
    it.status = JSON.stringify({ auth: { missingProvidersInUse: ['anthropic'] } })
    const { error } = await perform(await it.plan(WISH))
    expect(error).toMatchObject({ code: 'CONNECTION_NOT_SEEN', status: 502 })
    expect(error?.detail).toContain('no key for Anthropic')
    expect(files()).toEqual([ENV_AFTER, CONFIG_AFTER])
  })

  test.each([
    ['nothing that is understood', 'hello', 'not understood'],
    ['an error', new HostError('GATEWAY_COMMAND_FAILED', { detail: 'unknown command' }), 'not verified: '],
    ['another list', JSON.stringify({ auth: {} }), 'does not list Anthropic and names no default model'],
  ])('%s: it is told, and is no failure', async (_what, status, words) => {
    it.status = status
    const { error, said } = await perform(await it.plan(WISH))
    expect(error).toBeNull()
    expect(said.get('verify-connection')).toContain(words)
  })

  test('of channels alone nothing is asked', async () => {
    const value = `123456:${'A'.repeat(35)}`
    const wish = { channels: [{ id: 'telegram', values: [{ name: 'TELEGRAM_BOT_TOKEN', value }] }] }
    const { error, said } = await perform(await it.plan(wish))
    expect(error).toBeNull()
    expect(it.asked).toEqual([])
    expect(it.world.writes).toEqual([ENV_PATH])
    expect(said.get('verify-connection')).toContain('the log of the gateway says')
  })
})
