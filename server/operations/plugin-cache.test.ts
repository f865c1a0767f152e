import { beforeEach, expect, it } from 'vitest'
import { HostError } from '../errors.ts'
import type { ImageFacts } from '../host/host.ts'
import { cacheMark, freshenPluginCache } from './plugin-cache.ts'
import { type FileWorld, makeFileWorld, PATHS, USER } from './test-file-world.ts'

const MARK = cacheMark(PATHS.pluginCacheDir)
const EMPTIED = 'emptied the plugin cache, which another image had filled'
let world: FileWorld
let emptied: string[]
let isFull: boolean

beforeEach(() => {
  world = makeFileWorld()
  emptied = []
  isFull = true
  world.host.emptyUserDirectory = async (_user, path) => {
    emptied.push(path)
    world.put(MARK, null)
    return isFull
  }
})

const freshen = (id: string, container: { imageId: string } | null = null) =>
  freshenPluginCache(world.host, { user: USER, paths: PATHS, image: { id } as ImageFacts }, container)

it('keeps the cache for as long as the image is the same', async () => {
  isFull = false
  expect(await freshen('one')).toBeNull()
  expect(world.text(MARK)).toBe('one\n')
  emptied = []
  expect(await freshen('one', { imageId: 'one' })).toBeNull()
  expect(emptied).toEqual([])
})

it('empties it for another image, and for the first one when that comes back', async () => {
  await freshen('one')
  expect(await freshen('two', { imageId: 'one' })).toBe(EMPTIED)
  expect(await freshen('one', { imageId: 'two' })).toBe(EMPTIED)
  expect(emptied).toEqual([PATHS.pluginCacheDir, PATHS.pluginCacheDir, PATHS.pluginCacheDir])
  expect(world.text(MARK)).toBe('one\n')
})

it('takes the image of the last container for the one that filled a cache without a mark', async () => {
  expect(await freshen('one', { imageId: 'one' })).toBeNull()
  expect([emptied, world.text(MARK)]).toEqual([[], 'one\n'])
  world.put(MARK, null)
  expect(await freshen('two', { imageId: 'one' })).toBe(EMPTIED)
})

it('does not keep the gateway from starting', async () => {
  world.host.emptyUserDirectory = async () => {
    throw new HostError('FILE_DENIED', { detail: 'x' })
  }
  expect(await freshen('one')).toContain('left the plugin cache as it is')
  expect(world.text(MARK)).toBeNull()
})
