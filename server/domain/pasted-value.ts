/**
 * A value as people paste it: with a line break, with quotes, as a whole line of a `.env`. Imports nothing of Node: the
 * page uses it too.
 */

/** `key`: of letters, digits and some signs; `password`: anything a line can hold; `text`: a name. */
export type ValueKind = 'key' | 'password' | 'text' | 'url' | 'port'

export interface ValueRule {
  /** The variable it is for. */
  readonly name: string
  readonly kind: ValueKind
  /** Variables that do the same: a line that sets one of them is meant for this one as well. */
  readonly alsoNamed?: readonly string[]
  /** How it is known to begin; it is said when it begins otherwise. */
  readonly prefixes?: readonly string[]
  /** Beginnings of what belongs into another variable: refused. */
  readonly foreign?: Readonly<Record<string, string>>
  /** What it is known to look like, and in words. */
  readonly shape?: RegExp
  readonly looks?: string
}

export interface PastedValue {
  /** What is left; empty when nothing was pasted. */
  readonly value: string
  /** What was left out, each as a sentence without its subject: "the quotes around it". */
  readonly leftOut: readonly string[]
  /** Why it can't be the value, as the end of a sentence that begins with "it"; never with the value. */
  readonly problem?: string
  /** What is unusual about it, likewise. */
  readonly doubt?: string
}

const MIN_KEY_LENGTH = 8
const USUAL_KEY_LENGTH = 20
const MAX_LENGTH = 8_192
/** Every reader of `.env` takes these as they are (docs/facts/env-dialects.md). */
const KEY_CHARACTERS = /^[A-Za-z0-9!%*+,\-./:=?@[\]^_{}~]*$/
const QUOTES: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
]
// The name of a variable as one writes it: capitals, with an underscore.
const ASSIGNMENT = /^(export\s+)?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\s*=\s*(?=\S)/
const BEARER = /^(?:authorization:\s*)?bearer\s+(?=\S)/i

/** Takes what was pasted apart: the value, what came with it, and what is wrong with it. */
export function readPastedValue(pasted: string, rule: ValueRule): PastedValue {
  let read = readOnce(pasted, rule)
  const leftOut = [...read.leftOut]
  // Quotes in quotes, or a whole line in quotes.
  while (rule.kind !== 'password' && read.problem === undefined && read.leftOut.length > 0) {
    read = readOnce(read.value, rule)
    leftOut.push(...read.leftOut.filter((part) => !leftOut.includes(part)))
  }
  return { ...read, leftOut }
}

function readOnce(pasted: string, rule: ValueRule): PastedValue {
  const leftOut: string[] = []
  let rest = trim(pasted)
  if (rest === '') return { value: '', leftOut }
  const isExact = rule.kind === 'password'
  // Pasted into a line that was there already, it has its name twice.
  for (let found = ASSIGNMENT.exec(rest); found; found = isExact ? null : ASSIGNMENT.exec(rest)) {
    const [whole, exported, named = ''] = found
    if (named === rule.name || rule.alsoNamed?.includes(named)) {
      const part = `“${exported === undefined ? '' : 'export '}${named}=” in front of it`
      if (!leftOut.includes(part)) leftOut.push(part)
      rest = rest.slice(whole.length)
    } else if (isExact) break
    else return { value: rest, leftOut, problem: `is a line for ${named}, not for ${rule.name}` }
  }
  if (isExact) return checkPassword(leftOut.length === 0 ? pasted.replace(/[\r\n]+$/, '') : rest, leftOut)
  if (rule.kind === 'key') rest = takeOff(rest, BEARER, 'the word “Bearer” in front of it', leftOut)
  rest = takeOff(rest, /[;,]+$/, 'the sign behind it', leftOut)
  rest = takeQuotesOff(rest, leftOut)
  const problem = findProblem(rest, rule)
  if (problem !== undefined) return { value: rest, leftOut, problem }
  const doubt = findDoubt(rest, rule)
  return doubt === undefined ? { value: rest, leftOut } : { value: rest, leftOut, doubt }
}

/** Blanks around it, and the characters without width that pages put into what is copied. */
function trim(text: string): string {
  return text.replace(/^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$/g, '')
}

function takeOff(text: string, what: RegExp, words: string, leftOut: string[]): string {
  const rest = text.replace(what, '')
  if (rest === text) return text
  leftOut.push(words)
  return trim(rest)
}

function takeQuotesOff(text: string, leftOut: string[]): string {
  const pair = QUOTES.find(
    ([open, close]) => text.length > 1 && text.startsWith(open) && text.endsWith(close),
  )
  if (pair === undefined) return text
  leftOut.push('the quotes around it')
  return trim(text.slice(1, -1))
}

function checkPassword(value: string, leftOut: readonly string[]): PastedValue {
  if (/[\r\n\0]/.test(value))
    return { value, leftOut, problem: 'has a line break in it, which no line of .env can hold' }
  if (value.length > MAX_LENGTH) return { value, leftOut, problem: `has more than ${MAX_LENGTH} characters` }
  return { value, leftOut }
}

function findProblem(value: string, rule: ValueRule): string | undefined {
  if (value === '') return 'is empty'
  if (value.length > MAX_LENGTH) return `has more than ${MAX_LENGTH} characters`
  if (/[\r\n\0]/.test(value)) return 'has a line break in it: was more than the value pasted?'
  if (rule.kind === 'url')
    return isWebAddress(value) ? undefined : 'is no address that begins with http:// or https://'
  if (rule.kind === 'port') return isPort(value) ? undefined : 'is no port from 1 to 65535'
  if (rule.kind !== 'key') return undefined
  const foreign = Object.entries(rule.foreign ?? {}).find(([prefix]) => value.startsWith(prefix))
  if (foreign) return `begins with ${foreign[0]}: that one belongs into ${foreign[1]}`
  return findKeyProblem(value)
}

function findKeyProblem(value: string): string | undefined {
  if (/\s/.test(value)) return 'has a blank in it: was more than the key pasted?'
  if (/^\$/.test(value)) return 'refers to a variable: the key itself is needed'
  if (/[•…*]{3,}|…|\.{3}/.test(value)) return 'is a key of which a part is hidden: copy the whole of it'
  if (/^<.*>$|^(?:your|insert|paste)[-_ ]|x{5,}/i.test(value)) return 'is a placeholder, not a key'
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(value))
    return 'has a quote at one of its ends: was the whole of it pasted?'
  if (!KEY_CHARACTERS.test(value))
    return 'has a character that keys do not have: was something else pasted with it?'
  if (value.length < MIN_KEY_LENGTH)
    return `has ${value.length} characters, too few for a key: was the whole of it pasted?`
  return undefined
}

function findDoubt(value: string, { kind, prefixes = [], shape, looks = '' }: ValueRule): string | undefined {
  if (prefixes.length > 0 && !prefixes.some((prefix) => value.startsWith(prefix)))
    return `does not begin with ${prefixes.join(' or ')}, as these usually do`
  if (shape !== undefined && !shape.test(value)) return `does not look as these usually do (${looks})`
  if (kind === 'key' && value.length < USUAL_KEY_LENGTH)
    return `has ${value.length} characters, which is short for a key`
  return undefined
}

function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s/?#]+\S*$/i.test(value)
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
}
