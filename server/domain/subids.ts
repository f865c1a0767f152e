/** Ranges of subordinate ids, without which rootless podman can't map the users of an image (subuid(5)). */
import { SetupError } from '../errors.ts'

export interface IdRange {
  /** Login name or uid, as the file has it. */
  readonly owner: string
  readonly start: number
  readonly count: number
}

/** What to add to each file; null when the user has enough there. */
export interface IdRangePlan {
  readonly subuid: IdRange | null
  readonly subgid: IdRange | null
}

/** Enough for every id an image may use, 0 to 65535; the SUB_UID_COUNT of login.defs(5). */
export const SUBID_COUNT = 65_536
/** SUB_UID_MIN and SUB_UID_MAX of login.defs(5), and the same for groups. */
const SUBID_MIN = 100_000
const SUBID_MAX = 600_100_000

/**
 * Finds the lowest block that no range of the file touches, with the same start in both files where that is free.
 *
 * @param user login name, or name and uid: a range may belong to either
 * @param subuid all ranges of /etc/subuid
 * @param subgid all ranges of /etc/subgid
 * @throws {SetupError} SUBID_EXHAUSTED no block is free between 100000 and 600100000
 */
export function planIdRanges(
  user: string | { readonly name: string; readonly uid: number },
  subuid: readonly IdRange[],
  subgid: readonly IdRange[],
): IdRangePlan {
  const owners = typeof user === 'string' ? [user] : [user.name, String(user.uid)]
  const owner = owners[0] ?? ''
  const own = (ranges: readonly IdRange[]) => ranges.filter((range) => owners.includes(range.owner))
  const hasEnough = (ranges: readonly IdRange[]) =>
    own(ranges).reduce((sum, range) => sum + range.count, 0) >= SUBID_COUNT
  const plan = (start: number): IdRange => ({ owner, start, count: SUBID_COUNT })

  const [uidsDone, gidsDone] = [hasEnough(subuid), hasEnough(subgid)]
  if (uidsDone && gidsDone) return { subuid: null, subgid: null }
  if (uidsDone) return { subuid: null, subgid: plan(startLike(own(subuid), subgid, 'subgid')) }
  if (gidsDone) return { subuid: plan(startLike(own(subgid), subuid, 'subuid')), subgid: null }
  const shared = findFree([...subuid, ...subgid])
  if (shared !== null) return { subuid: plan(shared), subgid: plan(shared) }
  return { subuid: plan(requireFree(subuid, 'subuid')), subgid: plan(requireFree(subgid, 'subgid')) }
}

/** The start the user has in the other file, where it is free here, else the lowest free one. */
function startLike(others: readonly IdRange[], taken: readonly IdRange[], file: string): number {
  const like = others.find((range) => range.count >= SUBID_COUNT && isFree(range.start, taken))
  return like?.start ?? requireFree(taken, file)
}

function isFree(start: number, taken: readonly IdRange[]): boolean {
  const isInside = start >= SUBID_MIN && start + SUBID_COUNT - 1 <= SUBID_MAX
  return (
    isInside &&
    taken.every((range) => range.start >= start + SUBID_COUNT || range.start + range.count <= start)
  )
}

function findFree(taken: readonly IdRange[]): number | null {
  let start = SUBID_MIN
  for (const range of taken.toSorted((a, b) => a.start - b.start)) {
    if (range.count <= 0 || range.start + range.count <= start) continue
    if (range.start >= start + SUBID_COUNT) break
    start = range.start + range.count
  }
  return start + SUBID_COUNT - 1 <= SUBID_MAX ? start : null
}

function requireFree(taken: readonly IdRange[], file: string): number {
  const start = findFree(taken)
  if (start !== null) return start
  throw new SetupError('SUBID_EXHAUSTED', {
    detail: `no ${SUBID_COUNT} ids in a row are free in /etc/${file} between ${SUBID_MIN} and ${SUBID_MAX}`,
  })
}
