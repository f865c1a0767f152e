/** What may be shown of a razroom.json that nobody can read: enough to find the place where it is broken. */
import { isSecretVariable } from '../../contract/rules.ts'
import { hasSecret } from './env-view.ts'
import { MASK } from './mask.ts'

/** A quoted text, closed in its line or not, or a run of what is neither blank nor punctuation; then a colon, or none. */
const WORD = /("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s{}[\],:"']+)([ \t]*:)?/g

/**
 * Punctuation, names before a colon, and the words true, false and null. Everything else could be a secret: which
 * quotes belong together is not known. In a line that names a secret only what stands before it is shown.
 * @returns as many lines as the text has
 */
export function maskBrokenText(text: string): string {
  let isContinued = false
  return text
    .split('\n')
    .map((line) => {
      const masked = isContinued ? maskAll(line) : maskLine(line)
      isContinued = /\\\r?$/.test(line)
      return masked
    })
    .join('\n')
}

function maskAll(line: string): string {
  return line.replace(/\S.*/, MASK)
}

function maskLine(line: string): string {
  let masked = ''
  let at = 0
  for (const match of line.matchAll(WORD)) {
    const [all, word = '', colon = ''] = match
    const between = line.slice(at, match.index)
    const isFirst = at === 0 || /[{,]\s*$/.test(between)
    masked += between
    at = match.index + all.length
    const name = word.replace(/^["']|["']$/g, '')
    const isKey = isFirst && colon !== '' && isPlainName(name)
    if (isKey && isSecretVariable(name, '')) {
      // Where the secret ends is not known.
      const rest = line.slice(at)
      return `${masked}${all}${/\S/.test(rest) ? ` ${MASK}` : rest}`
    }
    masked += isKey || /^(?:true|false|null)$/.test(word) ? all : `${MASK}${colon}`
  }
  return masked + line.slice(at)
}

function isPlainName(name: string): boolean {
  return /^[\w$.-]{1,64}$/.test(name) && !isSecretVariable('', name) && !hasSecret(name)
}
