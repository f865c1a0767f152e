import { beforeEach, describe, expect, it } from 'vitest'
import type { ContainerFacts } from '../host/host.ts'
import { noticeVersion } from './file-versions.ts'
import { createProving, type Proving, readGoBack } from './proven-versions.ts'
import { type FileWorld, makeFileWorld, PATHS, USER } from './test-file-world.ts'

const { envFile, configFile } = PATHS
const LATER = '2027-01-01T00:00:00Z'
let world: FileWorld
let proving: Proving
beforeEach(() => {
  world = makeFileWorld()
  proving = createProving(world.host)
  world.put(envFile, 'A=1\n')
  world.put(configFile, '{}')
})

const container = (id: string, startedAt = LATER) => ({ id, startedAt, running: true }) as ContainerFacts
const provenOf = async (path: string) =>
  (await world.host.listVersions(path)).map(({ provenAt }) => provenAt !== undefined)

describe('createProving', () => {
  it('proves what the files were when the start was seen, not what came before the answer', async () => {
    await proving.look(USER, container('a'), false)
    world.put(configFile, '{ a: 1 }')
    await noticeVersion(world.host, USER, 'config')
    expect(await provenOf(configFile)).toEqual([false, false])
    await proving.look(USER, container('a'), true)
    expect(await provenOf(configFile)).toEqual([false, true])
    expect(await provenOf(envFile)).toEqual([true])
  })

  it('proves once for each start', async () => {
    await proving.look(USER, container('a'), true)
    world.put(envFile, 'A=2\n')
    await proving.look(USER, container('a'), true)
    await noticeVersion(world.host, USER, 'env')
    expect(await provenOf(envFile)).toEqual([false, false].map((_, index) => index === 1))
    await proving.look(USER, container('a', '2027-01-02T00:00:00Z'), true)
    expect(await provenOf(envFile)).toEqual([true, true])
  })

  it('of a start that nobody saw it proves only what is older', async () => {
    await proving.look(USER, container('a', '2020-01-01T00:00:00Z'), true)
    expect(await provenOf(envFile)).toEqual([false])
    await createProving(world.host).look(USER, container('b', LATER), true)
    expect(await provenOf(envFile)).toEqual([true])
  })

  it('passes over a file that cannot be read', async () => {
    world.refuse(envFile)
    await proving.look(USER, container('a'), false)
    await proving.look(USER, container('a'), true)
    expect(await provenOf(configFile)).toEqual([true])
  })
})

describe('readGoBack', () => {
  it('offers what differs from the last version that started', async () => {
    expect(await readGoBack(world.host, USER)).toEqual([])
    await proving.look(USER, container('a'), true)
    expect(await readGoBack(world.host, USER)).toEqual([])
    world.put(configFile, '{ broken')
    const [proven] = await world.host.listVersions(configFile)
    expect(await readGoBack(world.host, USER)).toEqual([
      { file: 'config', path: configFile, versionId: proven?.id, provenAt: proven?.provenAt },
    ])
    world.put(configFile, '{}')
    expect(await readGoBack(world.host, USER)).toEqual([])
  })

  it('offers it for a file that is gone, or cannot be read', async () => {
    await proving.look(USER, container('a'), true)
    world.put(envFile, null)
    world.refuse(configFile)
    expect((await readGoBack(world.host, USER)).map(({ file }) => file)).toEqual(['env', 'config'])
  })

  it('does not offer that there was no file', async () => {
    world.put(envFile, null)
    world.put(configFile, null)
    await proving.look(USER, container('a'), true)
    world.put(envFile, 'A=1\n')
    expect(await readGoBack(world.host, USER)).toEqual([])
  })
})
