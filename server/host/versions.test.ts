import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KEPT_VERSIONS } from '../../contract/versions.ts'
import { createCommandRunner } from './run-command.ts'
import { createVersions, type NewVersion, type Versions } from './versions.ts'

const PATH = '/home/razroom/.razroom/.env'
let stateDir: string
let versions: Versions
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'versions-'))
  versions = createVersions(stateDir)
})
afterEach(() => rm(stateDir, { recursive: true }))

function version(text: string | null, more: Partial<NewVersion> = {}): NewVersion {
  const bytes = text === null ? null : new TextEncoder().encode(text)
  const etag = text === null ? 'absent' : Buffer.from(text).toString('hex').padEnd(64, '0')
  return { bytes, etag, by: 'page', added: 1, removed: 0, ...more }
}

async function directory(): Promise<string> {
  const [name = ''] = await readdir(join(stateDir, 'versions'))
  return join(stateDir, 'versions', name)
}

describe('createVersions', () => {
  it('keeps bytes and who wrote them, newest first, for each path by itself', async () => {
    await versions.addVersion(PATH, version('one'))
    const second = await versions.addVersion(PATH, version('two', { by: 'cli', reason: 'rotate-token' }))
    expect(await versions.listVersions(PATH)).toMatchObject([
      { id: second.id, by: 'cli', reason: 'rotate-token', sizeBytes: 3, etag: second.etag },
      { by: 'page' },
    ])
    expect(await versions.readVersion(PATH, second.id)).toEqual(Buffer.from('two'))
    expect(await versions.listVersions('/other')).toEqual([])
    expect(await versions.readVersion('/other', second.id)).toBeNull()
  })

  it('is root’s alone', async () => {
    await versions.addVersion(PATH, version('one'))
    const place = await directory()
    for (const path of [place, join(place, '..')]) expect((await stat(path)).mode & 0o777).toBe(0o700)
    for (const name of await readdir(place)) expect((await stat(join(place, name))).mode & 0o777).toBe(0o600)
    expect(place).not.toContain('razroom/')
  })

  it('keeps that there was no file', async () => {
    const { id } = await versions.addVersion(PATH, version(null))
    expect(id).toMatch(/^\d+-00000000$/)
    expect(await versions.listVersions(PATH)).toMatchObject([{ etag: 'absent', sizeBytes: 0 }])
    expect(await versions.readVersion(PATH, id)).toBeNull()
  })

  it('goes on from the newest one when the clock was set back', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(2_000_000_000_000)
    await versions.addVersion(PATH, version('one'))
    now.mockReturnValue(1_000_000_000_000)
    await versions.addVersion(PATH, version('two'))
    now.mockRestore()
    expect(
      (await versions.listVersions(PATH)).map(({ sizeBytes, id }) => [sizeBytes, id.slice(0, 13)]),
    ).toEqual([
      [3, '2000000000001'],
      [3, '2000000000000'],
    ])
  })

  it(`keeps ${KEPT_VERSIONS}, and of older ones the last that was proven`, async () => {
    const added = []
    for (let number = 0; number < KEPT_VERSIONS + 4; number += 1) {
      const one = await versions.addVersion(PATH, version(`v${number}`))
      added.push(one)
      if (number < 2) await versions.markVersionProven(PATH, one.id, '2026-11-27T00:00:00.000Z')
    }
    const kept = await versions.listVersions(PATH)
    expect(kept.map(({ id }) => id)).toEqual([...added.slice(4).reverse(), added[1]].map((one) => one?.id))
    expect(kept.at(-1)?.provenAt).toBe('2026-11-27T00:00:00.000Z')
    expect(await readdir(await directory())).toHaveLength(2 * (KEPT_VERSIONS + 1))

    await versions.markVersionProven(PATH, kept[0]?.id ?? '', '2026-11-28T00:00:00.000Z')
    await versions.addVersion(PATH, version('last'))
    expect(await versions.listVersions(PATH)).toHaveLength(KEPT_VERSIONS)
  })

  it('loses none of many at once, in two processes', async () => {
    const other = createVersions(stateDir)
    const texts = Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index).repeat(4))
    await Promise.all(
      texts.map((text, index) => (index % 2 ? versions : other).addVersion(PATH, version(text))),
    )
    const kept = await versions.listVersions(PATH)
    const bytes = await Promise.all(kept.map(({ id }) => versions.readVersion(PATH, id)))
    expect(bytes.map(String).sort()).toEqual(texts)
  })

  it('passes over a record that cannot be understood, and sweeps what a crash left', async () => {
    const { id } = await versions.addVersion(PATH, version('one'))
    const place = await directory()
    await writeFile(join(place, '1-00000001.json'), '{')
    await writeFile(join(place, '2-00000002.json'), await readFile(join(place, `${id}.json`)))
    const left = ['3-00000003.bytes', '.0123.tmp']
    for (const name of left) await writeFile(join(place, name), 'x')
    await versions.addVersion(PATH, version('two'))
    expect(await readdir(place)).toEqual(expect.arrayContaining(left))
    for (const name of left) await utimes(join(place, name), 1, 1)
    await versions.addVersion(PATH, version('three'))
    const names = await readdir(place)
    for (const name of left) expect(names).not.toContain(name)
    expect(await versions.listVersions(PATH)).toHaveLength(3)
  })

  it('takes no id for a path', async () => {
    await expect(versions.readVersion(PATH, '../state')).rejects.toThrow(TypeError)
    await expect(versions.markVersionProven(PATH, '1-0000000/', 'x')).rejects.toThrow(TypeError)
    await versions.markVersionProven(PATH, '1-00000000', 'x')
    expect(await versions.listVersions(PATH)).toEqual([])
  })

  it('is whole whenever its process is killed', async () => {
    const script = [
      `import { createVersions } from ${JSON.stringify(join(import.meta.dirname, 'versions.ts'))}`,
      `const versions = createVersions(${JSON.stringify(stateDir)})`,
      `for (let n = 0; ; n += 1) {`,
      // Behind the first one, however long that takes.
      `  if (n === 1) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(process.argv[1]))`,
      `  const etag = n.toString(16).padStart(8, '0').padEnd(64, '0')`,
      `  await versions.addVersion('${PATH}', { bytes: Buffer.from(etag), etag, by: 'page', added: 0, removed: 0 })`,
      `}`,
    ].join('\n')
    const { run } = createCommandRunner((text) => text)
    for (const ms of [20, 45, 70]) {
      const argv = [process.execPath, '--input-type=module-typescript', '-e', script, String(ms)] as const
      await expect(run(argv, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
      for (const { id, etag } of await versions.listVersions(PATH))
        expect(String(await versions.readVersion(PATH, id))).toBe(etag)
    }
    expect((await versions.listVersions(PATH)).length).toBeGreaterThan(0)
  })
})
