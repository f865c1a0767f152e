import { expect, test } from 'vitest'
import { checkEnvText, saveEnv } from './edit-env.ts'
import { noticeVersion } from './file-versions.ts'
import { makeFileWorld, PATHS, USER } from './test-file-world.ts'

const BY_PAGE = { by: 'page' } as const

test('a save over another version says which variables are others now, and no value of theirs', async () => {
  const world = makeFileWorld()
  world.put(PATHS.envFile, 'A=1\nB=1\nC=1\n')
  await noticeVersion(world.host, USER, 'env')
  const etag = world.etag(PATHS.envFile)
  world.put(PATHS.envFile, 'A=1\nB=canary\nMIIEvQIBADANBgkqhkiG9w0=\nNEW=x\n')
  const edits = [{ op: 'set', key: 'A', value: '2' }] as const
  await expect(saveEnv(world.host, { edits: [...edits] }, etag, BY_PAGE)).rejects.toMatchObject({
    code: 'ENV_CHANGED',
    detail: `${PATHS.envFile}: B, C, NEW`,
  })
  await expect(saveEnv(world.host, { edits: [...edits] }, 'e'.repeat(64), BY_PAGE)).rejects.toMatchObject({
    code: 'ENV_CHANGED',
    detail: PATHS.envFile,
  })
  expect(world.text(PATHS.envFile)).toContain('A=1\n')
})

test('the last token of the gateway is not taken away', async () => {
  const world = makeFileWorld()
  world.put(PATHS.envFile, 'RAZROOM_GATEWAY_TOKEN=0123456789abcdefghijklmn\nA=1\n')
  world.put(PATHS.configFile, '{ gateway: { mode: "local" } }')
  const save = (text: string) => saveEnv(world.host, { text }, world.etag(PATHS.envFile), BY_PAGE)
  await expect(save('A=1\n')).rejects.toMatchObject({ code: 'ENV_INVALID' })
  await expect(save('A=1\nRAZROOM_GATEWAY_PASSWORD=secret\n')).resolves.toMatchObject({ changed: true })
  world.put(PATHS.envFile, 'RAZROOM_GATEWAY_TOKEN=0123456789abcdefghijklmn\nA=1\n')
  world.put(PATHS.configFile, '{ gateway: { mode: "local", auth: { token: "another-0123456789abcdef" } } }')
  await expect(save('A=1\n')).resolves.toMatchObject({ changed: true })
})

test('a text with masks in it does not overwrite the secrets', async () => {
  const world = makeFileWorld()
  world.put(PATHS.envFile, 'A=1\nAPI_KEY=canary\n')
  const text = 'A=2\nAPI_KEY=••••••••\n'
  await expect(saveEnv(world.host, { text }, world.etag(PATHS.envFile), BY_PAGE)).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    fields: [{ path: 'lines.2' }],
  })
  expect(world.text(PATHS.envFile)).toContain('canary')
})

test('of a file with any number of faults so many are told', () => {
  const { verdict, findings } = checkEnvText('=\n'.repeat(100_000))
  expect(verdict).toBe('fatal')
  expect(findings).toHaveLength(1_001)
})
