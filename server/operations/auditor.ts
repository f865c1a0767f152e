/**
 * Tells the audit log what happens. It never throws and never holds anything up: a log that can not be written is said
 * in the status and, when it can be again, in the log itself; what was asked for is done all the same.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { AuditDetail, AuditNote, AuditWho } from '../../contract/audit.ts'
import type { Operation } from '../../contract/schemas.ts'
import { PanelError } from '../errors.ts'
import type { EventBus } from '../events.ts'
import type { Host } from '../host/host.ts'
import { createTally, type TallySum } from './tally.ts'

const MINUTE_MS = 60_000
/** Refusals of one user that have an entry of their own in a minute, and users that are told apart in it. */
const REFUSALS = { windowMs: MINUTE_MS, each: 3, maxKeys: 20 } as const
/** The same by the same session or way in: a script that went wild shall not push everything else out. */
const REPEATS = { windowMs: MINUTE_MS, each: 30, maxKeys: 200 } as const
/** What only reads has no entry, but that the token for scripts is in use. */
const READS = { windowMs: 60 * MINUTE_MS, each: 1, maxKeys: 1 } as const
/** What is said again and again while it lasts is news when it was not said for so long. */
const STILL_MS = 2 * MINUTE_MS

/** Whose doing it is: what follows from it later, an operation's end for example, is put down to the same. */
export interface AuditCause {
  readonly who: AuditWho
  readonly action: string
  readonly what: string
  readonly details: readonly AuditDetail[]
}

export interface Auditor {
  /** Does the work as the doing of this cause. */
  within<T>(cause: AuditCause, work: () => T): T
  /** Whose doing the present work is; undefined: the panel's own. */
  cause(): AuditCause | undefined
  /** Keeps an entry; resolves when it is written, or when it is clear that it can not be. */
  note(note: AuditNote): Promise<void>
  /** Keeps an entry unless the same was said a short time ago. */
  noteStill(note: AuditNote): Promise<void>
  /** Somebody was refused who was not let in; of many only some have an entry of their own. */
  refuse(note: AuditNote): void
  /** The token for scripts was used to read something. */
  readByScript(who: AuditWho): void
  /** What is wrong with the log, for the status. */
  warnings(): readonly string[]
  /** Writes what is held back. */
  close(): Promise<void>
}

export const PANEL: AuditWho = { by: 'panel' }

/**
 * @param redact masks secrets in the arguments, should one ever stand where none belongs
 * @param onTrouble the log can not be written any more, or can be again
 */
export function createAuditor(
  host: Host,
  bus: EventBus,
  redact: (text: string) => string,
  onTrouble: () => void = () => {},
): Auditor {
  const causes = new AsyncLocalStorage<AuditCause>()
  const writer = createWriter(host, bus, redact, onTrouble)
  const keep = (note: AuditNote): Promise<void> => writer.write(note)
  const refusals = createTally<AuditNote>(REFUSALS, (sum) => void keep(refusalSum(sum)))
  const repeats = createTally<AuditNote>(REPEATS, ({ first, count }) => void keep({ ...first, more: count }))
  const reads = createTally<AuditWho>(
    READS,
    ({ first, count }) => void keep({ ...readNote(first), more: count }),
  )
  const said = new Map<string, { readonly what: string; readonly at: number }>()

  async function note(given: AuditNote): Promise<void> {
    const { by, uid, session } = given.who
    const key = [by, uid, session, given.action].join(' ')
    if (repeats.take(key, given.outcome, given)) await keep(given)
  }

  const unsubscribe = bus.subscribe((event) => {
    if (event.type === 'operation.finished') void keep(operationNote(event.operation, causes.getStore()))
  })

  return {
    within: (cause, work) => causes.run(cause, work),
    cause: () => causes.getStore(),
    note,
    async noteStill(given) {
      const last = said.get(given.action)
      said.set(given.action, { what: given.what, at: Date.now() })
      if (last?.what !== given.what || Date.now() - last.at > STILL_MS) await note(given)
    },
    refuse(given) {
      const { uid } = given.who
      if (refusals.take(String(uid ?? 'unknown'), given.code ?? '', given)) void keep(given)
    },
    readByScript(who) {
      if (reads.take('', '', who)) void keep(readNote(who))
    },
    warnings: writer.warnings,
    async close() {
      unsubscribe()
      for (const tally of [refusals, repeats, reads]) tally.close()
      await writer.settled()
    },
  }
}

interface Writer {
  write(note: AuditNote): Promise<void>
  warnings(): readonly string[]
  settled(): Promise<void>
}

function createWriter(
  host: Host,
  bus: EventBus,
  redact: (text: string) => string,
  onTrouble: () => void,
): Writer {
  const pending = new Set<Promise<void>>()
  let lost: { readonly count: number; readonly since: string; readonly why: string } | null = null

  async function append(note: AuditNote): Promise<void> {
    const { seq } = await host.appendAudit(note)
    bus.publish({ type: 'audit.added', seq })
  }

  async function attempt(note: AuditNote): Promise<void> {
    try {
      await append({ ...note, details: note.details.map((detail) => masked(detail, redact)) })
      if (lost === null) return
      const { count, since, why } = lost
      lost = null
      onTrouble()
      await append(gapNote(count, since, why))
    } catch (error) {
      const why = whyOf(error)
      const isNew = lost === null
      lost = { count: (lost?.count ?? 0) + 1, since: lost?.since ?? new Date().toISOString(), why }
      if (!isNew) return
      console.error(`audit log: it can not be written (${why}); what happens is not kept`)
      onTrouble()
    }
  }

  return {
    write(note) {
      const work = attempt(note)
      pending.add(work)
      return work.finally(() => pending.delete(work))
    },
    warnings: () =>
      lost === null
        ? []
        : [
            `The audit log can not be written (${lost.why}): ${lost.count} entries are missing since ${lost.since}.`,
          ],
    settled: async () => {
      await Promise.all(pending)
    },
  }
}

function whyOf(error: unknown): string {
  if (error instanceof PanelError) return error.message
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

function masked({ name, value }: AuditDetail, redact: (text: string) => string): AuditDetail {
  return { name, value: redact(value) }
}

const OUTCOMES = { succeeded: 'done', failed: 'failed', cancelled: 'cancelled', running: 'started' } as const

/** How an operation ended, and whose it was. */
export function operationNote(operation: Operation, cause: AuditCause | undefined): AuditNote {
  const { id, kind, state, startedAt, finishedAt, problem, changed } = operation
  const isDone = state === 'succeeded'
  return {
    kind: 'operation',
    action: `operation.${kind}`,
    what: cause?.what ?? kind,
    details: [
      ...(cause?.details ?? []),
      ...(isDone && !changed ? [{ name: 'changed', value: 'nothing' }] : []),
    ],
    who: cause?.who ?? PANEL,
    outcome: OUTCOMES[state],
    operationId: id,
    ...(problem === undefined || state === 'cancelled' ? {} : { code: problem.code }),
    ...(finishedAt === undefined ? {} : { tookMs: Date.parse(finishedAt) - Date.parse(startedAt) }),
  }
}

function refusalSum({ first, count, reasons, isRest }: TallySum<AuditNote>): AuditNote {
  const { uid: _uid, ...nobody } = first.who
  return {
    kind: 'refusal',
    action: 'door.more',
    what: isRest ? 'More was refused, of other users too' : 'More was refused',
    details: [...reasons].map(([name, times]) => ({ name, value: String(times) })),
    who: isRest ? nobody : first.who,
    outcome: 'refused',
    more: count,
  }
}

function readNote(who: AuditWho): AuditNote {
  const what = 'Read with the token for scripts'
  return { kind: 'access', action: 'api.read', what, details: [], who, outcome: 'done' }
}

function gapNote(count: number, since: string, why: string): AuditNote {
  return {
    kind: 'panel',
    action: 'audit.gap',
    what: 'Entries are missing here: the log could not be written',
    details: [
      { name: 'since', value: since },
      { name: 'because', value: why },
    ],
    who: PANEL,
    outcome: 'failed',
    more: count,
  }
}
