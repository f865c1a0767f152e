/** What became of the gateway's container between two looks at it: its starts and ends, whoever brought them about. */
import type { AuditNote } from '../../contract/audit.ts'

/** What a look has seen of the container. */
export interface SeenContainer {
  readonly id: string
  readonly running: boolean
  readonly exitCode: number
  readonly oomKilled: boolean
  /** RFC 3339, as podman tells it. */
  readonly startedAt: string
  readonly finishedAt: string
  readonly imageId: string
  readonly imageName: string
}

/** How a container ended of which only its unit knows: it was removed at its end. */
export type UnitEnd = Pick<SeenContainer, 'exitCode' | 'oomKilled'>

/** What is known of the last start, from a look or from what was noted of it. */
export interface KnownStart {
  readonly startedAt: string
  readonly imageId: string
  readonly isRunning: boolean
}

export type LifecycleNote = Pick<AuditNote, 'action' | 'what' | 'details' | 'outcome'>

/** Ends that were asked for: 0, and SIGTERM (128 + 15). */
const ORDERLY_EXITS = new Set([0, 143])
/** Enough to tell images apart; docker and podman show as many. */
const IMAGE_ID_LENGTH = 12

/**
 * Starts and ends since the last look, in their order. Of several restarts between two looks the last one is told.
 * @param known null: nothing is known of an earlier start
 * @param seen null: there is no container
 * @param gone how it failed, where its unit knows that
 */
export function lifecycleNotes(
  known: KnownStart | null,
  seen: SeenContainer | null,
  gone: UnitEnd | null = null,
): LifecycleNote[] {
  const hasStarted = seen !== null && isTime(seen.startedAt)
  const isNewStart = hasStarted && seen.startedAt !== known?.startedAt
  const notes: LifecycleNote[] = []
  // Of a container that another one has replaced nothing more can be asked.
  if (known?.isRunning && (seen === null || isNewStart)) notes.push(endNote(seen === null ? gone : null))
  if (isNewStart) notes.push(startNote(seen, known))
  if (hasStarted && !seen.running && (isNewStart || known?.isRunning)) notes.push(endNote(seen))
  return notes
}

/** What the next look is compared with. */
export function knownFrom(known: KnownStart | null, seen: SeenContainer | null): KnownStart | null {
  if (seen && isTime(seen.startedAt))
    return { startedAt: seen.startedAt, imageId: shortId(seen.imageId), isRunning: seen.running }
  return known ? { ...known, isRunning: false } : null
}

/**
 * What is known from the notes of an earlier panel.
 * @param notes newest first
 */
export function knownFromNotes(notes: readonly Pick<AuditNote, 'action' | 'details'>[]): KnownStart | null {
  const at = notes.findIndex(({ action }) => action === 'gateway.started')
  const start = notes[at]
  if (!start) return null
  const detail = (name: string) => start.details.find((each) => each.name === name)?.value ?? ''
  return { startedAt: detail('at'), imageId: detail('image ID'), isRunning: at === 0 }
}

function startNote(seen: SeenContainer, known: KnownStart | null): LifecycleNote {
  const imageId = shortId(seen.imageId)
  const isOther = known !== null && known.imageId !== '' && known.imageId !== imageId
  return {
    action: 'gateway.started',
    what: isOther ? 'The gateway started with another image' : 'The gateway started',
    details: [
      { name: 'at', value: seen.startedAt },
      { name: 'image', value: seen.imageName },
      { name: 'image ID', value: imageId },
    ],
    outcome: 'done',
  }
}

/** @param seen null: the container is gone, and its exit code with it */
function endNote(seen: (UnitEnd & { readonly finishedAt?: string }) | null): LifecycleNote {
  const what = 'The gateway ended'
  if (seen === null) return { action: 'gateway.ended', what, details: [], outcome: 'done' }
  const { exitCode, oomKilled, finishedAt = '' } = seen
  return {
    action: 'gateway.ended',
    what: oomKilled ? 'The gateway was ended: it used more memory than it may' : what,
    details: [
      ...(isTime(finishedAt) ? [{ name: 'at', value: finishedAt }] : []),
      { name: 'exit code', value: String(exitCode) },
    ],
    outcome: !oomKilled && ORDERLY_EXITS.has(exitCode) ? 'done' : 'failed',
  }
}

/** podman tells the year 1 of what has not happened. */
const isTime = (text: string): boolean => Date.parse(text) > 0

const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, IMAGE_ID_LENGTH)
