import type { CLOSE_CODES as CONTRACT } from '../../contract/events.ts'

/**
 * The contract's close codes as values. The contract's own module brings a schema library, which the page does not
 * load; the type keeps both the same.
 */
export const CLOSE_CODES: typeof CONTRACT = {
  ticketInvalid: 4401,
  sessionEnded: 4403,
  badFrame: 4400,
  refused: 4409,
  tooSlow: 4408,
  takenOver: 4410,
  tooMany: 4429,
}
