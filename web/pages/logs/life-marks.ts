/** What became of the gateway, as marks between the lines of its log: starts, ends, and who asked for what. */
import type { AuditEntry, AuditWho } from '../../../contract/audit.ts'
import { withoutStarts } from '../../state/audit.ts'
import type { LifeMark } from './marks-between.ts'

/**
 * Marks of entries of the kinds `gateway` and `operation`, oldest first.
 * @param entries in any order
 */
export function lifeMarksOf(entries: readonly AuditEntry[]): LifeMark[] {
  const starts = entries
    .filter(({ action }) => action === 'gateway.started')
    .toSorted((one, other) => one.seq - other.seq)
  return withoutStarts(entries)
    .map((entry) => (entry.kind === 'gateway' ? gatewayMark(entry, starts) : operationMark(entry)))
    .filter(({ time }) => !Number.isNaN(time))
    .toSorted((one, other) => one.time - other.time)
}

function gatewayMark(entry: AuditEntry, starts: readonly AuditEntry[]): LifeMark {
  const { what, action, outcome } = entry
  const detail = (name: string): string | undefined => detailOf(entry, name)
  const exitCode = detail('exit code')
  const image = detail('image')
  const more = exitCode === undefined ? image && `: ${image}` : `, exit code ${exitCode}`
  const tone = outcome === 'failed' ? 'bad' : action === 'gateway.started' ? 'good' : 'accent'
  const of = action === 'gateway.ended' ? 'end' : 'start'
  return { time: timeOf(entry, starts), words: `${what}${more ?? ''}`, tone, of }
}

/** When it was by podman, which a look at the container notices a moment later. */
function timeOf(entry: AuditEntry, starts: readonly AuditEntry[]): number {
  const told = detailOf(entry, 'at')
  const noticed = Date.parse(entry.at)
  if (told !== undefined) return Date.parse(told)
  if (entry.action !== 'gateway.ended') return noticed
  // Of a container that was replaced only its successor is known: it ended before that started.
  const next = starts[countUpTo(starts, entry.seq)]
  const start = Date.parse((next && detailOf(next, 'at')) ?? '')
  return start <= noticed ? start - 1 : noticed
}

/** How many have this number or an earlier one. @param entries oldest first */
function countUpTo(entries: readonly AuditEntry[], seq: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.seq ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return low
}

function detailOf({ details }: AuditEntry, name: string): string | undefined {
  return details.find((each) => each.name === name)?.value
}

/** At its beginning: what it did to the gateway comes after that. */
function operationMark({ at, what, who, outcome, tookMs = 0 }: AuditEntry): LifeMark {
  const isBad = outcome === 'failed' || outcome === 'cancelled'
  const end = isBad ? `, ${outcome}` : ''
  return {
    time: Date.parse(at) - tookMs,
    words: `${what}, by ${nameOf(who)}${end}`,
    tone: isBad ? 'bad' : 'accent',
  }
}

function nameOf({ by, uid, user, saidUser }: AuditWho): string {
  if (by === 'panel') return 'the panel itself'
  return saidUser ?? user ?? (uid === undefined ? 'somebody' : `user ${uid}`)
}
