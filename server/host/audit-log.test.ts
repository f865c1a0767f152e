import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditNote } from '../../contract/audit.ts'
import { createAuditLog } from './audit-log.ts'
import { boundedText } from './audit-note.ts'
import type { RunCommand } from './run-command.ts'

/** getent(1) of a machine where uid 1000 is alice. */
const run: RunCommand = async (argv) =>
  argv.at(-1) === '1000'
    ? { exitCode: 0, stdout: 'alice:x:1000:1000::/home/alice:/bin/sh\n', stderrLines: [] }
    : { exitCode: 2, stdout: '', stderrLines: [] }
const SMALL = {
  main: { maxBytes: 2_000, maxFiles: 3 },
  door: { maxBytes: 1_000, maxFiles: 2 },
  gateway: { maxBytes: 1_000, maxFiles: 2 },
}
const note = (what: string, more: Partial<AuditNote> = {}): AuditNote => ({
  kind: 'change',
  action: 'PUT /api/env',
  what,
  details: [],
  who: { by: 'page', uid: 1000, session: '0123abcd' },
  outcome: 'done',
  ...more,
})

let stateDir: string
const open = (limits?: typeof SMALL) => createAuditLog(stateDir, run, limits)
const audit = (file = '') => join(stateDir, 'audit', file)
const texts = async (log: ReturnType<typeof open>, query = {}) =>
  (await log.readAudit(query)).entries.map(({ what }) => what)
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'audit-log-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

describe('an entry', () => {
  it('gets its number, its time and the names of users, and is root’s alone', async () => {
    const log = open()
    const who = { by: 'cli', uid: 0, saidUid: 1000, saidUser: 'mallory' } as const
    await log.appendAudit(note('first'))
    const entry = await log.appendAudit(note('second', { who }))
    expect(entry).toMatchObject({ seq: 2, who: { by: 'cli', uid: 0, saidUid: 1000, saidUser: 'alice' } })
    expect(Date.now() - Date.parse(entry.at)).toBeLessThan(10_000)
    const claimed = { by: 'cli', uid: 2000, user: 'root', saidUid: 2001, saidUser: 'root' } as const
    const third = await log.appendAudit(note('third', { who: claimed }))
    expect(third.who).toEqual({ by: 'cli', uid: 2000, saidUid: 2001 })
    const page = await log.readAudit({ before: 3 })
    expect(page).toMatchObject({ hasMore: false, unreadable: 0 })
    expect(page.entries.map(({ seq, who }) => [seq, who.user])).toEqual([
      [2, undefined],
      [1, 'alice'],
    ])
    const [file = ''] = await readdir(audit())
    expect([(await stat(audit())).mode & 0o777, (await stat(audit(file))).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])
    await log.close()
  })

  it('is bounded, and has no control characters', async () => {
    const log = open()
    const value = `a\x1b[31m\n\u202e${'\u{1f600}'.repeat(5_000)}`
    const details = Array.from({ length: 40 }, (_, index) => ({ name: `n${index}`.repeat(50), value }))
    const huge = note('x'.repeat(5_000), { details, code: 'C'.repeat(500), operationId: 'o'.repeat(500) })
    const entry = await log.appendAudit(huge)
    expect(entry.details).toHaveLength(12)
    expect(entry.details[0]?.value).toMatch(/^a \[31m /)
    expect(JSON.stringify(entry).length).toBeLessThan(10_000)
    expect((await log.readAudit({})).entries).toEqual([entry])
  })
})

describe('boundedText', () => {
  it.each([
    ['plain', 10, 'plain'],
    ['too long a text', 10, 'too long …'],
    ['a\r\n\tb\x9b\u2028\u2066c', 20, 'a b c'],
    [`12345678${'\u{1f600}'}9`, 10, '12345678…'],
    ['\ud800x', 10, '\ufffdx'],
  ])('%j in %i', (text, max, wanted) => {
    expect(boundedText(text, max)).toBe(wanted)
  })
})

describe('the pages', () => {
  it('go back by number, by kind and by outcome', async () => {
    const log = open()
    for (let index = 1; index <= 5; index += 1) await log.appendAudit(note(`n${index}`))
    await log.appendAudit(note('shown', { kind: 'secret' }))
    await log.appendAudit(note('not done', { outcome: 'failed', code: 'DISK_FULL' }))
    const first = await log.readAudit({ limit: 3 })
    expect([first.entries.map(({ seq }) => seq), first.hasMore]).toEqual([[7, 6, 5], true])
    expect(await texts(log, { before: 5, limit: 2 })).toEqual(['n4', 'n3'])
    expect(await log.readAudit({ before: 2 })).toMatchObject({ hasMore: false, entries: [{ what: 'n1' }] })
    expect(await texts(log, { kind: 'secret' })).toEqual(['shown'])
    expect(await texts(log, { outcome: 'failed' })).toEqual(['not done'])
  })
})

describe('the files', () => {
  it('are begun anew when one is full, and nothing is lost in between', async () => {
    const log = open(SMALL)
    for (let index = 1; index <= 60; index += 1) await log.appendAudit(note(`n${index}`))
    const files = await readdir(audit())
    expect(files).toHaveLength(3)
    for (const file of files) expect((await stat(audit(file))).size).toBeLessThanOrEqual(2_000)
    const kept = (await log.readAudit({ limit: 500 })).entries.map(({ seq }) => seq)
    expect(kept.length).toBeGreaterThan(15)
    expect(kept).toEqual(kept.map((_, index) => 60 - index))
  })

  it.each([
    ['strangers', 'refusal', { by: 'stranger', uid: 65_534 }],
    ['a gateway that crashes', 'gateway', { by: 'panel' }],
  ] as const)('of %s are others: a flood drives nothing else out', async (_whose, kind, who) => {
    const log = open(SMALL)
    await log.appendAudit(note('the real one'))
    const refused = note('refused', { kind, who })
    for (let index = 0; index < 100; index += 1) await log.appendAudit(refused)
    await log.appendAudit(note('another real one'))
    const sizes = await Promise.all(
      (await readdir(audit())).map(async (file) => (await stat(audit(file))).size),
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(4_000)
    const { entries } = await log.readAudit({ limit: 500 })
    expect([entries[0]?.what, entries[1]?.what, entries.at(-1)?.what]).toEqual([
      'another real one',
      'refused',
      'the real one',
    ])
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toSorted((a, b) => b - a))
  })

  it('with a last line that was torn go on behind it, and the ruin stays apart', async () => {
    const log = open()
    await log.appendAudit(note('whole'))
    const [file = ''] = await readdir(audit())
    await appendFile(audit(file), '{"seq":2,"at":"2026-01-0')
    const next = open()
    expect(await texts(next)).toEqual(['whole'])
    await next.appendAudit(note('after it'))
    await next.appendAudit(note('and after'))
    const page = await next.readAudit({})
    expect(page.entries.map(({ seq, what }) => [seq, what])).toEqual([
      [3, 'and after'],
      [2, 'after it'],
      [1, 'whole'],
    ])
    expect(page.unreadable).toBe(1)
    expect((await readFile(audit(file), 'utf8')).split('\n')[1]).toBe('{"seq":2,"at":"2026-01-0')
  })

  it('that hold nothing but ruins are gone on with under higher numbers', async () => {
    const log = open()
    await log.appendAudit(note('whole'))
    const [file = ''] = await readdir(audit())
    await writeFile(audit(file), Buffer.alloc(500))
    const { seq } = await open().appendAudit(note('after it'))
    expect(seq).toBeGreaterThan(1)
    expect(await texts(open())).toEqual(['after it'])
  })

  it('are written by two processes at once without losing a line', async () => {
    const logs = [open(), open()]
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => logs[index % 2]?.appendAudit(note(`n${index}`))),
    )
    const seen: string[] = []
    for (let before: number | undefined; ; ) {
      const page = await open().readAudit({ limit: 7, ...(before === undefined ? {} : { before }) })
      seen.push(...page.entries.map(({ what }) => what))
      before = page.entries.at(-1)?.seq
      if (!page.hasMore) break
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 40 }, (_, index) => `n${index}`).toSorted())
  })

  it('are read in the order of the numbers, and those of one number together', async () => {
    const log = open()
    const { at } = await log.appendAudit(note('n1'))
    const [file = ''] = await readdir(audit())
    const line = (seq: number, what: string) => `${JSON.stringify({ seq, at, ...note(what) })}\n`
    await appendFile(audit(file), [line(2, 'a'), line(4, 'c'), line(3, 'b'), line(3, 'b2')].join(''))
    const page = await log.readAudit({ limit: 2 })
    expect(page.entries.map(({ what }) => what)).toEqual(['c', 'b2', 'b'])
    expect(await texts(log, { before: 3 })).toEqual(['a', 'n1'])
  })
})

describe('what can not be kept', () => {
  it('is told, and the next one is tried again', async () => {
    await writeFile(audit(), 'in the way')
    const log = open()
    await expect(log.appendAudit(note('lost'))).rejects.toThrow('ENOTDIR')
    await rm(audit())
    await log.appendAudit(note('kept'))
    expect(await texts(log)).toEqual(['kept'])
  })
})
