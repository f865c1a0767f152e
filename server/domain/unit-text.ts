/** Text of systemd units: how words are quoted, and the seal that tells our own file from an edited one. */
import { createHash } from 'node:crypto'

const WRITTEN_BY = '# Written by razroom-panel;'
const HEADER = `${WRITTEN_BY} a change by hand is kept, and the panel asks before it replaces it.`
const CHECKSUM = '# Checksum: '

/**
 * Whether the text means itself wherever it stands in a unit: nothing to quote, split, unescape or expand. Ours is a
 * narrower set than systemd's, so that no reader of unit files takes one of its characters for something else.
 */
export function isPlainWord(text: string): boolean {
  return /^[A-Za-z0-9_@:./+=,[\]-]+$/.test(text)
}

/**
 * One word of a command line as systemd reads it back, whatever is in it: systemd.syntax(7) "Quoting", systemd.unit(5)
 * "Specifiers" (`%%`), systemd.service(5) "Command lines" (`$$`, and a lone semicolon ends a command). Quadlet reads
 * the quotes the same way in the keys whose values it splits, and leaves `%%` and `$$` to systemd.
 *
 * @throws {TypeError} what no unit holds safely: a newline or another control character, half a surrogate pair, a
 *   trailing backslash, a semicolon alone
 */
export function unitWord(text: string): string {
  checkUnitText(text)
  if (isPlainWord(text)) return text
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return `"${escaped.replaceAll('%', '%%').replaceAll('$', () => '$$')}"`
}

/** Text for a reader, which nothing splits or unquotes, for example a Description. @throws {TypeError} as {@link unitWord} */
export function unitProse(text: string): string {
  checkUnitText(text)
  return text.replaceAll('%', '%%')
}

/** A value that is read as it stands, so it has to be a plain word. @throws {TypeError} it is none */
export function unitPlain(text: string): string {
  if (!isPlainWord(text)) throw new TypeError(`a systemd unit cannot hold ${JSON.stringify(text)} unquoted`)
  return text
}

/** Words of one line, for example a command. @throws {TypeError} as {@link unitWord} */
export function unitWords(words: readonly string[]): string {
  return words.map((word) => unitWord(word)).join(' ')
}

function checkUnitText(text: string): void {
  const where = `a systemd unit cannot hold ${JSON.stringify(text)}:`
  // Also the controls above ASCII: Quadlet writes U+0080 as one byte, which is no UTF-8 any more.
  if (/\p{Cc}/u.test(text) || !text.isWellFormed()) throw new TypeError(`${where} it has a control character`)
  if (text.endsWith('\\')) throw new TypeError(`${where} it ends in a backslash`)
  if (text === ';') throw new TypeError(`${where} a semicolon alone ends a command`)
}

/**
 * The file to write: two lines of comment, the second with the sha-256 of the rest, then the body.
 * @param body the unit, ending in a newline
 */
export function sealUnit(body: string): string {
  return `${HEADER}\n${CHECKSUM}${checksumOf(body)}\n${body}`
}

/**
 * Whose file this is: `ours` as {@link sealUnit} of this or another version wrote it, `edited` ours once and changed
 * since, `foreign` never ours.
 */
export function readSeal(text: string): 'ours' | 'edited' | 'foreign' {
  const [first = '', second = '', ...rest] = text.split('\n')
  if (first.startsWith(WRITTEN_BY) && second === CHECKSUM + checksumOf(rest.join('\n'))) return 'ours'
  return text.split('\n').some((line) => line.startsWith(WRITTEN_BY)) ? 'edited' : 'foreign'
}

function checksumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
