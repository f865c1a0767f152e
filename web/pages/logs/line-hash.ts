/** The address of a line: `/logs#line=CURSOR`. */

const PREFIX = '#line='

/** What stands behind the page's address for a line. */
export const lineHash = (cursor: string): string => `${PREFIX}${encodeURIComponent(cursor)}`

/** The cursor in such an address; null for another one. */
export function lineOfHash(hash: string): string | null {
  if (!hash.startsWith(PREFIX)) return null
  try {
    return decodeURIComponent(hash.slice(PREFIX.length))
  } catch {
    // Not percent-encoded text: no line has this address, which is told like one that has gone.
    return hash.slice(PREFIX.length)
  }
}
