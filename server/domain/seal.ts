/** A checksum within a file of ours, by which uninstall tells it from one that was edited. */
import { createHash } from 'node:crypto'

/**
 * The line `# Checksum: <sha-256>` followed by the text it is of. It stands among the first five lines of the file;
 * scripts/install/seal.sh reads it back.
 * @param text the rest of the file, ending in a newline
 */
export function seal(text: string): string {
  return `# Checksum: ${createHash('sha256').update(text).digest('hex')}\n${text}`
}
