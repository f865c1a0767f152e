import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditEntry, AuditNote } from '../../contract/audit.ts'
import { HostError } from '../errors.ts'
import { createEventBus, type EventBus } from '../events.ts'
import type { Host } from '../host/host.ts'
import { auditTakeOvers, auditTerminals } from './audited-terminal.ts'
import { type AuditCause, type Auditor, createAuditor } from './auditor.ts'
import { createRunner, type Step } from './runner.ts'
import type { TerminalDesk, TerminalWorld } from './terminal-desk.ts'

const ALICE: AuditCause = {
  who: { by: 'page', uid: 1000, session: '0123abcd' },
  action: 'POST /api/gateway/stop',
  what: 'Stop the gateway',
  details: [{ name: 'a', value: 'b' }],
}
const note = (more: Partial<AuditNote> = {}): AuditNote => ({
  ...ALICE,
  details: [...ALICE.details],
  kind: 'change',
  outcome: 'done',
  ...more,
})

let kept: AuditEntry[]
let failure: Error | null
let bus: EventBus
let audit: Auditor
let troubles: number
const host = {
  appendAudit: async (given: AuditNote) => {
    if (failure) throw failure
    const entry = { seq: kept.length + 1, at: '2026-01-01T00:00:00Z', ...given }
    kept.push(entry)
    return entry
  },
  acquireLock: async () => ({ release: async () => {} }),
} as unknown as Host

beforeEach(() => {
  kept = []
  failure = null
  bus = createEventBus()
  troubles = 0
  audit = createAuditor(
    host,
    bus,
    (text) => text.replaceAll('canary', '***'),
    () => {
      troubles += 1
    },
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('an entry', () => {
  it('is kept with its secrets masked, and told to the page', async () => {
    const events: unknown[] = []
    bus.subscribe((event) => events.push(event))
    await audit.note(note({ details: [{ name: 'path', value: '/canary' }] }))
    expect(kept).toMatchObject([{ details: [{ name: 'path', value: '/***' }] }])
    expect(events).toMatchObject([{ type: 'audit.added', seq: 1 }])
  })

  it('that is said again while it lasts is told once, until it changes or was not said for long', async () => {
    vi.useFakeTimers()
    const said = (what: string) => audit.noteStill(note({ what }))
    await said('runs')
    vi.advanceTimersByTime(60_000)
    await said('runs')
    await said('ended')
    await said('runs')
    vi.advanceTimersByTime(121_000)
    await said('runs')
    expect(kept.map(({ what }) => what)).toEqual(['runs', 'ended', 'runs', 'runs'])
  })

  it('by a script that went wild is summed up, and nobody else loses by it', async () => {
    vi.useFakeTimers()
    for (let index = 0; index < 1_000; index += 1) await audit.note(note())
    await audit.note(note({ action: 'POST /api/backup' }))
    await audit.note(note({ who: { by: 'cli', uid: 0 } }))
    expect(kept).toHaveLength(32)
    vi.advanceTimersByTime(60_000)
    await audit.close()
    expect(kept.at(-1)).toMatchObject({ what: 'Stop the gateway', more: 970 })
  })
})

describe('refusals', () => {
  const refuse = (uid: number, code = 'PEER_REFUSED') =>
    audit.refuse(note({ kind: 'refusal', who: { by: 'stranger', uid }, outcome: 'refused', code }))

  it('of one user are few in a minute, with how many more there were', async () => {
    vi.useFakeTimers()
    for (let index = 0; index < 5_000; index += 1) refuse(65_534)
    for (let index = 0; index < 10; index += 1) refuse(65_534, 'HOST_REFUSED')
    refuse(1000, 'LOGIN_CODE_INVALID')
    vi.advanceTimersByTime(60_000)
    await audit.close()
    expect(kept.map(({ who, code, more }) => [who.uid, code, more])).toEqual([
      [65_534, 'PEER_REFUSED', undefined],
      [65_534, 'PEER_REFUSED', undefined],
      [65_534, 'PEER_REFUSED', undefined],
      [1000, 'LOGIN_CODE_INVALID', undefined],
      [65_534, undefined, 5_007],
    ])
    expect(kept.at(-1)?.details).toEqual([
      { name: 'PEER_REFUSED', value: '4997' },
      { name: 'HOST_REFUSED', value: '10' },
    ])
  })

  it('of very many users are few as well', async () => {
    for (let uid = 100_000; uid < 110_000; uid += 1) refuse(uid)
    await audit.close()
    expect(kept.length).toBeLessThan(40)
    expect(kept.at(-1)).toMatchObject({ who: { by: 'stranger' }, more: 10_000 - kept.length + 1 })
    expect(kept.at(-1)?.who.uid).toBeUndefined()
  })
})

describe('reads by a script', () => {
  it('are told once an hour', async () => {
    vi.useFakeTimers()
    for (let index = 0; index < 100; index += 1) audit.readByScript({ by: 'api', uid: 0 })
    vi.advanceTimersByTime(3_600_000)
    await audit.close()
    expect(kept.map(({ what, more }) => [what, more])).toEqual([
      ['Read with the token for scripts', undefined],
      ['Read with the token for scripts', 99],
    ])
  })
})

describe('an operation', () => {
  const plan = (run: Step['run']) =>
    ({ kind: 'stop-gateway', steps: [{ id: 'a', title: 'A', run }] }) as const
  const runner = () => createRunner(host, bus, String, async () => {})

  it('ends as the doing of who started it, with what became of it and how long it took', async () => {
    const own = runner()
    const { id } = await audit.within(ALICE, () =>
      own.start(
        plan(() => sleep(20)),
        'page',
      ),
    )
    await vi.waitFor(() => expect(own.runningId()).toBeNull())
    await audit.close()
    expect(kept).toMatchObject([
      {
        ...{ kind: 'operation', action: 'operation.stop-gateway', what: 'Stop the gateway', outcome: 'done' },
        ...{ who: ALICE.who, operationId: id },
        details: [
          { name: 'a', value: 'b' },
          { name: 'changed', value: 'nothing' },
        ],
      },
    ])
    expect(kept[0]?.tookMs).toBeGreaterThanOrEqual(15)
  })

  it('that fails says the code, one of the panel itself that it was the panel', async () => {
    const own = runner()
    await own.start(
      plan(() => Promise.reject(new HostError('DISK_FULL'))),
      'api',
    )
    await vi.waitFor(() => expect(kept).toHaveLength(1))
    expect(kept).toMatchObject([{ who: { by: 'panel' }, outcome: 'failed', code: 'DISK_FULL' }])
  })

  it('that is cancelled says so', async () => {
    const own = runner()
    const { id } = await audit.within(ALICE, () =>
      own.start(
        plan(({ signal }) => sleep(60_000, undefined, { signal })),
        'page',
      ),
    )
    own.cancel(id)
    await vi.waitFor(() => expect(kept).toHaveLength(1))
    expect(kept).toMatchObject([{ outcome: 'cancelled', who: ALICE.who }])
  })
})

describe('a log that can not be written', () => {
  it('holds nothing up, is said in the status, and later in the log', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    failure = new HostError('DISK_FULL', { detail: '/var/lib/razroom-panel/audit' })
    await audit.note(note({ what: 'lost' }))
    await audit.note(note({ what: 'lost, too' }))
    expect(audit.warnings()).toEqual([
      expect.stringMatching(
        /^The audit log can not be written \(The disk is full: .*\): 2 entries are missing since 20/,
      ),
    ])
    expect([said.mock.calls.length, troubles]).toEqual([1, 1])
    failure = null
    await audit.note(note({ what: 'kept' }))
    expect(kept.map(({ what, more }) => [what, more])).toEqual([
      ['kept', undefined],
      ['Entries are missing here: the log could not be written', 2],
    ])
    expect([audit.warnings(), troubles]).toEqual([[], 2])
  })
})

describe('the terminal', () => {
  const seat = { input() {}, resize() {}, drawn() {}, end() {}, takeOver() {}, leave() {} }
  const desk: TerminalDesk = {
    attach: async () => seat,
    state: () => ({ isBusy: false }),
    close: async () => {},
  }
  const size = { cols: 80, rows: 24 }

  it('is told when it opens and ends, with its command, as the doing of who opened it', async () => {
    const ended = Promise.withResolvers<number | null>()
    const terminal = { ended: ended.promise }
    const world = { open: async () => ({ terminal, place: 'own' }) } as unknown as TerminalWorld
    const audited = auditTerminals(world, audit)
    await audit.within(ALICE, () => audited.open({ command: 'onboard', ...size }, () => {}))
    ended.resolve(3)
    await vi.waitFor(() => expect(kept).toHaveLength(2))
    expect(kept).toMatchObject([
      { action: 'terminal.opened', who: ALICE.who, details: [{ name: 'command', value: 'onboard' }] },
      { action: 'terminal.ended', who: ALICE.who, details: [{ value: 'onboard' }, { value: '3' }] },
    ])
    expect(kept[1]).toHaveProperty('tookMs')
  })

  it('that can not be opened is told, too', async () => {
    const world = { open: () => Promise.reject(new HostError('DISK_FULL')) } as unknown as TerminalWorld
    await expect(
      auditTerminals(world, audit).open({ command: 'doctor', ...size }, () => {}),
    ).rejects.toThrow()
    expect(kept).toMatchObject([{ outcome: 'failed', code: 'DISK_FULL' }])
  })

  it('that is taken over is told as the doing of who did it', async () => {
    const client = { send() {}, close() {} }
    const taken = await audit.within(ALICE, () =>
      auditTakeOvers(desk, audit).attach({ command: 'doctor', ...size }, client),
    )
    taken.takeOver()
    await vi.waitFor(() => expect(kept).toHaveLength(1))
    expect(kept).toMatchObject([{ action: 'terminal.taken-over', who: ALICE.who }])
  })
})
