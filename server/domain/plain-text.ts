/** Text that a program or a device wrote, made fit to be shown. Imports nothing of Node. */
import { sanitizeLogText } from './log-line.ts'

/** No more of a text is looked at. */
const MAX_READ = 4_096

/**
 * One line of at most so many characters, without anything that a terminal or a page would act on or not show.
 * @param value anything but a text counts as an empty one
 */
export function plainText(value: unknown, maxCharacters: number): string {
  if (typeof value !== 'string') return ''
  const text = sanitizeLogText(value.slice(0, MAX_READ).toWellFormed().replace(/\s+/g, ' '))
    .replace(/\x1b\[[0-9;]*m/g, '')
    .replace(/\p{Cf}/gu, '')
    .trim()
  const characters = [...text]
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`
}
