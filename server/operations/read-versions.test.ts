import { beforeEach, describe, expect, it } from 'vitest'
import { MASK } from '../domain/mask.ts'
import { restoreConfig } from './edit-config.ts'
import { restoreEnv } from './edit-env.ts'
import { noticeVersion } from './file-versions.ts'
import { listFileVersions, readVersionDifference } from './read-versions.ts'
import { type FileWorld, makeFileWorld, PATHS, USER } from './test-file-world.ts'

const { envFile, configFile } = PATHS
const GO_BACK = { by: 'page', reason: 'go-back' } as const
let world: FileWorld
beforeEach(() => {
  world = makeFileWorld()
})

async function write(file: 'env' | 'config', ...texts: (string | null)[]): Promise<void> {
  for (const text of texts) {
    world.put(file === 'env' ? envFile : configFile, text)
    await noticeVersion(world.host, USER, file)
  }
}

async function idAt(file: 'env' | 'config', index: number): Promise<string> {
  const version = (await listFileVersions(world.host, file))[index]
  if (!version) throw new Error(`there is no version ${index}`)
  return version.id
}

describe('listFileVersions', () => {
  it('has the file as it is first, also when nobody has seen it yet', async () => {
    await write('env', 'A=1\n')
    world.put(envFile, 'A=1\nB=2\n')
    const [now, before, ...others] = await listFileVersions(world.host, 'env')
    expect(now).toMatchObject({
      isCurrent: true,
      by: 'outside',
      added: 1,
      removed: 0,
      etag: world.etag(envFile),
    })
    expect(before).toMatchObject({ isCurrent: false })
    expect(others).toEqual([])
  })

  it('is empty without a file', async () => {
    expect(await listFileVersions(world.host, 'config')).toEqual([])
  })
})

describe('readVersionDifference', () => {
  const signs = async (file: 'env' | 'config', index: number, against?: 'previous' | 'current') => {
    const { difference } = await readVersionDifference(world.host, file, await idAt(file, index), against)
    return difference.map(({ sign, text }) => sign + text)
  }

  it('compares with the version before, or with the file', async () => {
    await write('env', 'A=1\n', 'A=2\n', 'A=2\nTOKEN=canary-1\n', 'A=2\nTOKEN=canary-2\n')
    expect(await signs('env', 3)).toEqual(['+A=1'])
    expect(await signs('env', 2)).toEqual(['-A=1', '+A=2'])
    expect(await signs('env', 0)).toEqual([' A=2', `-TOKEN=${MASK}`, `+TOKEN=${MASK}`])
    expect(await signs('env', 3, 'current')).toEqual(['-A=2', `-TOKEN=${MASK}`, '+A=1'])
    expect(await signs('env', 0, 'current')).toEqual([])
  })

  it('masks razroom.json by what the whole of it says', async () => {
    await write(
      'config',
      '{\n  auth: {\n    x: "canary-1"\n  }\n}',
      '{\n  auth: {\n    x: "canary-2"\n  }\n}',
      null,
    )
    expect(await signs('config', 1)).toEqual(
      [' {', '   auth: {', `-    x: "${MASK}"`, `+    x: "${MASK}"`, '   }', ' }'].map((line) =>
        line.replace(/^ {1}/, ' '),
      ),
    )
    expect((await signs('config', 0)).every((line) => line.startsWith('-'))).toBe(true)
  })

  it('knows only what is kept', async () => {
    await write('env', 'A=1\n')
    await expect(readVersionDifference(world.host, 'env', '1-00000000')).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
    })
  })
})

describe('restoreEnv', () => {
  it('brings the bytes of the version, as another version', async () => {
    await write('env', 'A=1 # \xff\r\n', 'A=2\n')
    const saved = await restoreEnv(world.host, await idAt('env', 1), world.etag(envFile), GO_BACK)
    expect(saved).toEqual({ etag: world.etag(envFile), changed: true })
    expect(world.history(envFile)).toEqual([
      'page/go-back: A=1 # \xff',
      'outside: A=2',
      'outside: A=1 # \xff',
    ])
  })

  it('wants to know which file it replaces', async () => {
    await write('env', 'A=1\n', 'A=2\n')
    const id = await idAt('env', 1)
    await expect(restoreEnv(world.host, id, undefined, GO_BACK)).rejects.toMatchObject({
      code: 'PRECONDITION_REQUIRED',
    })
    await expect(restoreEnv(world.host, id, 'x', GO_BACK)).rejects.toMatchObject({ code: 'ENV_CHANGED' })
  })

  it('brings nothing back that may not come in, and no file that was none', async () => {
    await write('env', 'NODE_OPTIONS=--inspect\n', '=x\n', null, 'A=1\n')
    const restore = async (index: number) =>
      restoreEnv(world.host, await idAt('env', index), world.etag(envFile), GO_BACK)
    await expect(restore(3)).rejects.toMatchObject({ code: 'ENV_VARIABLE_REFUSED' })
    await expect(restore(2)).rejects.toMatchObject({ code: 'ENV_INVALID' })
    await expect(restore(1)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect(world.text(envFile)).toBe('A=1\n')
  })
})

describe('restoreConfig', () => {
  const GOOD = '{ gateway: { mode: "local" } }'
  const restore = async (index: number) =>
    restoreConfig(world.host, await idAt('config', index), world.etag(configFile), GO_BACK)

  beforeEach(() => world.put(envFile, `RAZROOM_GATEWAY_TOKEN=${'0123456789abcdef'.repeat(2)}\n`))

  it('brings back one that would start', async () => {
    await write('config', GOOD, '{')
    expect(await restore(1)).toEqual({ etag: world.etag(configFile), changed: true })
    expect(world.text(configFile)).toBe(GOOD)
  })

  it('refuses what nobody could read, and what would not start, unless it has', async () => {
    await write('config', '{', '{}', GOOD)
    await expect(restore(2)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await expect(restore(1)).rejects.toMatchObject({ code: 'CONFIG_WOULD_NOT_START' })
    await world.host.markVersionProven(configFile, await idAt('config', 1), '2026-11-27T00:00:00Z')
    await restore(1)
    expect(world.text(configFile)).toBe('{}')
  })
})
