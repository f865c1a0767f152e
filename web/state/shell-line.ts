import { shellQuote } from '../../server/domain/shell-quote.ts'

/** A command for a POSIX shell. @param words as the program is to see them; what a person typed may be among them */
export function shellLine(words: readonly string[]): string {
  // No argument can hold a NUL; a field of a page can.
  return words.map((word) => shellQuote(word.replaceAll('\0', ''))).join(' ')
}
