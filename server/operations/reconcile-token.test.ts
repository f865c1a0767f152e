import { expect, it } from 'vitest'
import { parseEnvFile, readEnv } from '../domain/env-file.ts'
import { restartReasons } from '../domain/restart-reasons.ts'
import { reconcileToken } from './reconcile-token.ts'
import { readTokenStatus } from './token-files.ts'
import { ENV_PATH, hostOf, makeWorld, perform, TOKEN_KEY, type World } from './token-world.ts'

const CHECKED = 'checked-token-0123456789-abc'
const OTHER = 'other-token-0123456789-abcde'
const ENV = `# mine\nexport A=1\n${TOKEN_KEY}="${OTHER}"\r\n`
const CONFIG = `{gateway: {mode: 'local', auth: {token: '${CHECKED}'}}}`

const reconcile = (world: World, remember: (secret: string) => void = () => undefined) =>
  perform(reconcileToken(hostOf(world), remember))

it('writes the token that the gateway checks into .env, and touches nothing else', async () => {
  const world = makeWorld(ENV, CONFIG)
  const told: string[] = []
  world.onWrite = () => expect(told).toEqual([CHECKED])
  const { error, text } = await reconcile(world, (secret) => told.push(secret))
  expect(error).toBeNull()
  expect(world).toMatchObject({ writes: [ENV_PATH], starts: 0, inForce: CHECKED })
  expect(world.versions).toContain(`${ENV_PATH} page reconcile-token`)
  expect(world.files.get(ENV_PATH)).toBe(`# mine\nexport A=1\n${TOKEN_KEY}=${CHECKED}\r\n`)
  expect(text).toContain('sudo razroom-panel token reconcile')
  for (const token of [CHECKED, OTHER]) expect(text).not.toContain(token)
})

it('has nothing to mend afterwards, and a restart is due', async () => {
  const world = makeWorld(`${TOKEN_KEY}=${OTHER}\n`, CONFIG)
  const host = hostOf(world)
  const before = await readTokenStatus(host)
  expect(before.findings.map(({ id }) => id)).toEqual(['token.sources-differ'])
  expect(JSON.stringify(before)).not.toContain(CHECKED)
  await reconcile(world)
  expect(await readTokenStatus(host)).toMatchObject({ sourcesAgree: true, source: 'config', findings: [] })

  const spec = { env: {}, publishes: [], labels: {}, image: 'i' } as never
  const env = readEnv(parseEnvFile(new TextEncoder().encode(world.files.get(ENV_PATH))))
  const container = {
    labels: {},
    imageId: '',
    imageName: '',
    env: world.containerEnv,
    ports: [],
    createCommand: [],
  }
  expect(restartReasons(container, { spec, env, image: null, followsSpec: false })).toEqual([
    `.env was changed since the start: ${TOKEN_KEY} changed`,
  ])
})

it.each([
  ['both hold the same', `${TOKEN_KEY}=${CHECKED}\n`, CONFIG, 'TOKEN_SOURCES_AGREE'],
  ['.env holds none', 'A=1\n', CONFIG, 'TOKEN_SOURCES_AGREE'],
  ['razroom.json holds none', ENV, '{gateway: {}}', 'TOKEN_SOURCES_AGREE'],
  ['neither does', '', '{}', 'TOKEN_MISSING'],
  ['a password counts', ENV, '{gateway: {auth: {mode: "password", token: "a"}}}', 'TOKEN_NOT_USED'],
  ['no line can hold it', ENV, '{gateway: {auth: {token: "a\\nb"}}}', 'TOKEN_REFUSED'],
])('refuses when %s, and writes nothing', async (_name, env, config, code) => {
  const world = makeWorld(env, config)
  expect((await reconcile(world)).error?.code).toBe(code)
  expect(world.writes).toEqual([])
})

it('takes the token of the variable that razroom.json refers to', async () => {
  const world = makeWorld(
    `MINE=${CHECKED}\n${TOKEN_KEY}=${OTHER}\n`,
    `{gateway: {auth: {token: "\${MINE}"}}}`,
  )
  expect((await reconcile(world)).error).toBeNull()
  expect(world.files.get(ENV_PATH)).toBe(`MINE=${CHECKED}\n${TOKEN_KEY}=${CHECKED}\n`)
})
