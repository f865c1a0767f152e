/** Which subordinate ids an account may be given: with the ids of others it would be them, with 0 it would be root. */
import { InputError } from '../../errors.ts'
import type { IdRange, UserAccount } from '../host.ts'

/** SUB_UID_MIN and SUB_UID_MAX of login.defs(5) as domain/subids.ts plans with them, and the same for groups. */
const MIN = 100_000
const MAX = 600_100_000
/** Each grant is a line of the file. */
const MAX_RANGES = 4

/**
 * @param ids of all accounts of this machine, or of all groups for `subgid`
 * @returns what is wrong with the range, as the end of a sentence that begins with it; null when it may be given
 */
export function rangeObstacle(
  range: IdRange,
  user: Pick<UserAccount, 'name' | 'uid'>,
  present: readonly IdRange[],
  ids: readonly number[],
): string | null {
  const { start, count } = range
  const end = start + count - 1
  const owners = [user.name, String(user.uid)]
  if (!owners.includes(range.owner)) return `is of ${range.owner}, not of ${user.name}`
  if (start < MIN || end > MAX) return `is not between ${MIN} and ${MAX}`
  const other = present.find((one) => one.start <= end && start <= one.start + one.count - 1)
  if (other) return `is taken by ${other.owner}`
  const id = ids.find((one) => one >= start && one <= end)
  if (id !== undefined) return `holds the id ${id} of an account`
  return present.filter(({ owner }) => owners.includes(owner)).length >= MAX_RANGES
    ? `is one too many: ${user.name} has ${MAX_RANGES}`
    : null
}

/**
 * @param ids of all accounts of this machine, or of all groups for `subgid`
 * @throws {InputError} REQUEST_INVALID
 */
export function requireFreeRange(
  kind: 'subuid' | 'subgid',
  range: IdRange,
  user: UserAccount,
  present: readonly IdRange[],
  ids: readonly number[],
): void {
  const obstacle = rangeObstacle(range, user, present, ids)
  if (obstacle === null) return
  const name = `${range.start}-${range.start + range.count - 1}`
  throw new InputError('REQUEST_INVALID', { detail: `the ${kind} range ${name} ${obstacle}` })
}
