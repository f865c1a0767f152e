import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditNote } from '../../../contract/audit.ts'
import { KEPT_VERSIONS } from '../../../contract/versions.ts'
import { createAuditLog } from '../audit-log.ts'
import { createTestBackups, type TestBackups } from '../backup/test-backups.ts'
import type { Host } from '../host.ts'
import { createVersions } from '../versions.ts'
import { createAuditAllowance } from './audit-allowance.ts'
import type { FrontBounds } from './front-bounds.ts'
import { createRootRecord, type RootLine } from './root-record.ts'
import { RAZROOM, startHalves } from './test-halves.ts'

const HOUR_MS = 3_600_000
let stateDir: string
/** Milliseconds of the clock that the bounds go by. */
let now: number
let bounds: FrontBounds
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'bounds-'))
  now = 1_000
  bounds = { audit: createAuditAllowance(() => now), record: createRootRecord(stateDir, () => now) }
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(stateDir, { recursive: true })
})

const connect = async (machine: Partial<Host>) => (await startHalves(machine, { bounds })).front

function version(text: string, length = text.length) {
  const bytes = Buffer.alloc(length, text)
  const etag = Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)
  return { bytes, etag, by: 'page', added: 1, removed: 0 } as const
}

describe('versions that a hostile front has kept', () => {
  const PATH = '/home/razroom/.razroom/.env'
  const open = () => connect(createVersions(stateDir))

  it('cannot push out the last ones of the days before', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-20T10:00:00Z') })
    const front = await open()
    const real = []
    for (let day = 20; day < 29; day += 1) {
      vi.setSystemTime(Date.parse(`2026-11-${day}T10:00:00Z`))
      await front.addVersion(PATH, version(`morning of ${day}`))
      real.push(await front.addVersion(PATH, version(`evening of ${day}`)))
    }
    vi.setSystemTime(Date.parse('2026-11-29T10:00:00Z'))
    for (let number = 0; number < 2 * KEPT_VERSIONS; number += 1)
      await front.addVersion(PATH, version(`flood ${number}`))
    const ids = (await front.listVersions(PATH)).map(({ id }) => id)
    expect(ids).toHaveLength(KEPT_VERSIONS + 7)
    expect(ids.slice(KEPT_VERSIONS)).toEqual(
      real
        .slice(-7)
        .reverse()
        .map(({ id }) => id),
    )
    const last = await front.readVersion(PATH, real.at(-1)?.id ?? '')
    expect(Buffer.from(last ?? []).toString()).toBe('evening of 28')
  })

  it('are of sixteen files, however many it names at once', async () => {
    const front = await open()
    await front.addVersion(PATH, version('real'))
    const ends = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => front.addVersion(`/home/razroom/${index}`, version('a'))),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(15)
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'QUOTA_REACHED', detail: expect.stringContaining(join(stateDir, 'versions')) },
    })
    await front.addVersion(PATH, version('real too'))
    expect(await front.listVersions(PATH)).toHaveLength(2)
  })

  it('are of 24 MiB for each file, and none larger than a file may be', async () => {
    const front = await open()
    for (let number = 0; number < 10; number += 1)
      await front.addVersion(PATH, version(`${number}`, 4_194_304))
    expect(await front.listVersions(PATH)).toHaveLength(6)
    await expect(front.addVersion(PATH, version('x', 4_194_305))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  })
})

describe('backups that a hostile front removes', () => {
  it('lie aside for a day, where no verb leads', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-28T10:00:00Z') })
    const test = await createTestBackups()
    try {
      const front = await connect(test.backups)
      const first = await test.backups.makeBackup(test.user, test.order())
      const second = await test.backups.makeBackup(test.user, test.order())
      const aside = join(test.top, 'state', 'removed-backups')
      for (const { name } of await front.listBackups()) await front.removeBackup(name)
      expect(await front.listBackups()).toEqual([])
      const kept = (await readdir(aside)).sort()
      expect(kept.map((name) => name.slice(14))).toEqual([first.name, second.name].sort())
      for (const name of [...kept, `../removed-backups/${kept[0]}`]) {
        await expect(front.openBackup(name)).rejects.toThrow()
        await expect(front.removeBackup(name)).rejects.toThrow()
      }
      vi.setSystemTime(Date.parse('2026-11-29T09:59:59Z'))
      await front.listBackups()
      expect(await readdir(aside)).toHaveLength(2)
      vi.setSystemTime(Date.parse('2026-11-29T10:00:01Z'))
      await front.listBackups()
      expect(await readdir(aside)).toEqual([])
    } finally {
      await test.remove()
    }
  })
})

describe('backups that a hostile front makes', () => {
  let test: TestBackups
  let front: Host
  const state = (name: string) => join(test.top, 'state', name)
  beforeEach(async () => {
    test = await createTestBackups()
    front = await connect(test.backups)
    for (const name of ['backups', 'removed-backups']) await mkdir(state(name), { recursive: true })
  })
  afterEach(() => test.remove())

  it('are a thousand, with those that were removed since yesterday', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `${Date.now()}-${index}`)
    for (const name of names) await writeFile(join(state('backups'), name), '')
    for (const name of names.slice(1)) await writeFile(join(state('removed-backups'), name), '')
    await front.makeBackup(RAZROOM, test.order())
    await expect(front.makeBackup(RAZROOM, test.order())).rejects.toMatchObject({
      code: 'QUOTA_REACHED',
      detail: expect.stringContaining('removed-backups'),
    })
  })

  it.runIf(process.getuid?.() === 0)('leave a part of the disk free', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', state('backups')])
    try {
      await expect(front.makeBackup(RAZROOM, test.order())).rejects.toMatchObject({
        code: 'DISK_FULL',
        detail: expect.stringContaining('this needs'),
      })
    } finally {
      execFileSync('umount', [state('backups')])
    }
  })
})

describe('the audit log of a hostile front', () => {
  const note = (what: string, kind: AuditNote['kind'] = 'change'): AuditNote => {
    const details = Array.from({ length: 12 }, (_, index) => ({ name: `${index}`, value: 'x'.repeat(256) }))
    return { kind, action: 'flood', what, details, who: { by: 'page', uid: 0 }, outcome: 'done' }
  }
  const openLog = () => createAuditLog(stateDir, async () => ({ exitCode: 2, stdout: '', stderrLines: [] }))
  const flood = async (front: Host, times: number, kind?: AuditNote['kind']) => {
    const ends = await Promise.allSettled(
      Array.from({ length: times }, (_, index) => front.appendAudit(note(`flood ${index}`, kind))),
    )
    return ends.filter(({ status }) => status === 'rejected').length
  }

  it('keeps what was there, and says how many were left out; a new connection begins nothing anew', async () => {
    const log = openLog()
    await log.appendAudit({ ...note('what happened before'), details: [] })
    let refused = 0
    for (let round = 0; round < 30; round += 1) refused += await flood(await connect(log), 100)
    expect(refused).toBeGreaterThan(2_000)
    await expect((await connect(log)).appendAudit(note('more'))).rejects.toMatchObject({
      code: 'QUOTA_REACHED',
    })
    now += HOUR_MS
    await (await connect(log)).appendAudit(note('later'))
    const { entries } = await log.readAudit({ limit: 500 })
    expect(entries.slice(0, 2)).toMatchObject([
      { what: 'later' },
      { kind: 'panel', action: 'audit.limited', more: refused + 1 },
    ])
    const first = await log.readAudit({ before: 2 })
    expect(first.entries).toMatchObject([{ what: 'what happened before' }])
    await log.close()
  })

  it('takes what strangers bring about, which cannot push out the rest', async () => {
    const log = openLog()
    await log.appendAudit(note('what happened before'))
    expect(await flood(await connect(log), 200, 'refusal')).toBe(0)
    await log.close()
  })

  it('takes ten hours and more to push out what was there', async () => {
    const log = openLog()
    await log.appendAudit({ ...note('what happened before'), details: [] })
    const front = await connect(log)
    const isThere = async () => (await log.readAudit({ before: 2 })).entries.length > 0
    let hours = 0
    for (; hours < 10; hours += 1) {
      await flood(front, hours === 0 ? 700 : 160)
      now += HOUR_MS
      expect(await isThere()).toBe(true)
    }
    await log.close()
  })
})

describe('the record of the root half', () => {
  const read = async (): Promise<RootLine[]> => {
    const directory = join(stateDir, 'audit')
    const names = (await readdir(directory)).filter((name) => name.startsWith('root-'))
    const texts = await Promise.all(names.sort().map((name) => readFile(join(directory, name), 'utf8')))
    return texts.flatMap((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RootLine),
    )
  }

  it('has what was asked for, with the account, before it is done', async () => {
    const front = await connect({
      async enableLinger() {
        expect((await read()).at(-1)).toMatchObject({ verb: 'enableLinger' })
      },
      readMemory: async () => null as never,
      async createUser() {
        throw new Error('no')
      },
      findUser: async () => null,
    })
    await front.readMemory()
    await front.enableLinger(RAZROOM)
    await front.enableLinger({ ...RAZROOM, name: 'root' }).catch(() => undefined)
    await front.createUser('razroom').catch(() => undefined)
    expect(await read()).toMatchObject([
      { seq: 1, verb: 'enableLinger', account: 'razroom' },
      { seq: 2, verb: 'enableLinger', account: 'root' },
      { seq: 3, verb: 'createUser', account: 'razroom' },
    ])
  })

  it('is not pushed out by asking without end: three lines in an hour, and how many more', async () => {
    const front = await connect({
      removeUpload: async () => undefined,
      openContainerDevices: async () => [],
    })
    await front.openContainerDevices()
    for (let number = 0; number < 500; number += 1) await front.removeUpload('/a')
    now += HOUR_MS
    const other = await connect({ removeUpload: async () => undefined })
    await other.removeUpload('/a')
    expect((await read()).map(({ verb, more }) => [verb, more])).toEqual([
      ['openContainerDevices', undefined],
      ['removeUpload', undefined],
      ['removeUpload', undefined],
      ['removeUpload', undefined],
      ['removeUpload', 497],
      ['removeUpload', undefined],
    ])
  })

  it('goes on behind what a former process wrote', async () => {
    bounds.record.tell('openContainerDevices', [])
    createRootRecord(stateDir).tell('putBackupTimer', [null])
    expect((await read()).map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('holds nothing up when it cannot be written, and says so once', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await writeFile(join(stateDir, 'file'), '')
    const record = createRootRecord(join(stateDir, 'file'))
    record.tell('openContainerDevices', [])
    record.tell('putBackupTimer', [null])
    expect(said).toHaveBeenCalledTimes(1)
    said.mockRestore()
  })
})
