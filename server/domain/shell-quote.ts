/**
 * The word as a POSIX shell reads it back, whatever is in it: as it stands where that is safe, else in single quotes
 * (POSIX.1-2017, 2.2.2).
 * @throws {TypeError} a NUL, which no argument can hold
 */
export function shellQuote(word: string): string {
  if (word.includes('\0')) throw new TypeError('no shell word can hold a NUL')
  // A tilde or an equals sign at the beginning of a word means something to some shells, a comma to readers of arrays.
  if (/^[A-Za-z0-9_@%+:./-][A-Za-z0-9_@%+=:./-]*$/.test(word)) return word
  return `'${word.replaceAll("'", "'\\''")}'`
}
