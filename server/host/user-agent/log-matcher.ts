/** What a search looks for, as functions over bytes and lines. */
import type { LogQuery } from '../../../contract/logs.ts'
import { sanitizeLogText } from '../../domain/log-line.ts'

export interface LogMatcher {
  /** Whether the text of a line, as the file has it, is a hit. */
  matches(text: string): boolean
  /**
   * Finds places in a block of rows (as latin1, a character a byte) where a hit may be, and none elsewhere; null where
   * each row must be looked at.
   */
  readonly candidates: RegExp | null
}

export interface Wanted extends Pick<LogQuery, 'text' | 'kind'> {
  readonly ignoresCase?: boolean | undefined
  readonly isInverse?: boolean | undefined
}

/** What a colour looks like in the file: it may stand between any two letters of what is shown. */
const COLOUR = '(?:\\x1b\\[[0-9;]*m)*'

/** @throws {SyntaxError} for a pattern that is none */
export function createLogMatcher({ text, kind, ignoresCase, isInverse }: Wanted): LogMatcher {
  const isHit = kind === 'regex' ? regexTest(text, ignoresCase) : plainTest(text, ignoresCase)
  return {
    matches: (line) => isHit(shownText(line)) !== (isInverse ?? false),
    candidates: kind === 'plain' && !isInverse ? spellings(text, ignoresCase) : null,
  }
}

/** The text as it is shown, without its colours. */
function shownText(line: string): string {
  return line.includes('\x1b') || /[^\x20-\x7e]/.test(line)
    ? sanitizeLogText(line).replaceAll(/\x1b\[[0-9;]*m/g, '')
    : line
}

function regexTest(text: string, ignoresCase = false): (line: string) => boolean {
  const pattern = new RegExp(text, ignoresCase ? 'iu' : 'u')
  return (line) => pattern.test(line)
}

function plainTest(text: string, ignoresCase = false): (line: string) => boolean {
  if (!ignoresCase) return (line) => line.includes(text)
  const needle = text.toLowerCase()
  return (line) => line.toLowerCase().includes(needle)
}

/** null for a text whose other case can't be told letter by letter: then each row is looked at. */
function spellings(text: string, ignoresCase = false): RegExp | null {
  const letters = [...text].map((letter) => {
    const cases = ignoresCase ? [letter, letter.toLowerCase(), letter.toUpperCase()] : [letter]
    return [...new Set(cases)].map(bytesOf)
  })
  // German sharp s becomes two letters, the Kelvin sign an ordinary k.
  if (ignoresCase && /[^\x20-\x7e]/.test(text)) return null
  return new RegExp(
    letters.map((spelt) => (spelt.length > 1 ? `(?:${spelt.join('|')})` : spelt[0])).join(COLOUR),
    'g',
  )
}

function bytesOf(letter: string): string {
  return [...Buffer.from(letter)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}
