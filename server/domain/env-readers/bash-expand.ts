/** What bash's words come to, as far as the file and the host's variables tell. */
import {
  type Assignment,
  BashStop,
  FIXED_VARIABLES,
  LIVING_VARIABLES,
  OWN_VARIABLES,
  OWN_VARIABLES_ALWAYS,
  type WordPart,
} from './bash-grammar.ts'
import type { HostVariables, ReadingDraft } from './reader-result.ts'
import { decodeBytesAsText } from './utf8.ts'

export type Value = { readonly text: string } | { readonly why: string }

export interface Scope {
  readonly draft: ReadingDraft
  /** What the file has set, as bash holds it: one character for each byte. */
  readonly raw: Map<string, string>
  readonly env: HostVariables
  readonly lineOf: (place: number) => number
}

const encoder = new TextEncoder()

/** The value of a variable at this point; one that nobody has set is empty. */
export function lookUp(name: string, { draft, raw, env }: Scope): Value & { readonly isSet?: boolean } {
  const own = raw.get(name)
  if (own !== undefined) return { text: own, isSet: true }
  const why = draft.whyUnknown(name)
  if (why !== undefined) return { why }
  const isBash = FIXED_VARIABLES.test(name) || LIVING_VARIABLES.test(name) || OWN_VARIABLES_ALWAYS.test(name)
  const host = env.get(name)
  if (isBash || (host === undefined && OWN_VARIABLES.test(name))) {
    return { why: `$${name} is a variable of the shell` }
  }
  if (host === undefined) return { text: '', isSet: false }
  return { text: String.fromCharCode(...encoder.encode(host)), isSet: true }
}

/**
 * The value of an assignment: nothing is split and no file names are made, but a `~` at the beginning and after a
 * colon is.
 * @throws {BashStop} line-left, for an expansion that bash stumbles over
 */
export function expandValue(parts: readonly WordPart[], scope: Scope): Value {
  let text = ''
  let why: string | undefined
  for (const [index, part] of parts.entries()) {
    const value = expandPart(part, scope, index === 0, index === parts.length - 1)
    if ('why' in value) why ??= value.why
    else text += value.text
  }
  return why === undefined ? { text } : { why }
}

function expandPart(part: WordPart, scope: Scope, isFirst: boolean, isLast: boolean): Value {
  switch (part.kind) {
    case 'literal':
      return part.isQuoted ? part : expandTildes(part.text, scope, isFirst, isLast)
    case 'variable':
      return lookUp(part.name, scope)
    case 'choice':
      return choose(part, scope)
    case 'substitution':
      return { why: 'it is what a command prints' }
    case 'unknown':
      return part
    case 'bad':
      throw new BashStop('line-left', 'a “${” has no name after it', part.place)
  }
}

function choose(part: Extract<WordPart, { kind: 'choice' }>, scope: Scope): Value {
  const found = lookUp(part.name, scope)
  if ('why' in found) return found
  const isThere = part.operator.startsWith(':') ? found.text !== '' : found.isSet === true
  if (part.operator.endsWith('-')) return isThere ? found : { text: part.word }
  return { text: isThere ? part.word : '' }
}

function expandTildes(text: string, scope: Scope, isFirst: boolean, isLast: boolean): Value {
  let why: string | undefined
  const expanded = text.replace(/(^|:)~([^/:]*)/g, (whole, before: string, user: string, at: number) => {
    if (before === '' && !isFirst) return whole
    const end = at + whole.length
    if (user !== '' || (end === text.length && !isLast)) {
      why ??= 'it names the home of a user'
      return whole
    }
    const home = lookUp('HOME', scope)
    if ('why' in home || home.isSet !== true) why ??= 'it names a home that is not known'
    return 'text' in home ? before + home.text : whole
  })
  return why === undefined ? { text: expanded } : { why }
}

/**
 * Sets a variable as bash would, appended or not.
 * @throws {BashStop} not-modelled, for a variable that bash keeps for itself
 */
export function assign(scope: Scope, target: Omit<Assignment, 'value'>, value: Value): void {
  const { name, isAppend, place } = target
  assertFree(target)
  const before = isAppend ? lookUp(name, scope) : { text: '' }
  const line = scope.lineOf(place)
  const living = LIVING_VARIABLES.test(name) ? 'the shell gives it a value of its own' : undefined
  if (living !== undefined || 'why' in before || 'why' in value) {
    const why = living ?? ('why' in before ? before.why : 'why' in value ? value.why : '')
    scope.raw.delete(name)
    scope.draft.setUnknown(name, why, line)
    return
  }
  const text = before.text + value.text
  scope.raw.set(name, text)
  scope.draft.set(name, decodeBytesAsText(text), line)
}

/** @throws {BashStop} not-modelled, for a variable that bash keeps for itself */
export function assertFree({ name, place }: Pick<Assignment, 'name' | 'place'>): void {
  if (FIXED_VARIABLES.test(name)) {
    throw new BashStop('not-modelled', 'it sets a variable that bash keeps for itself', place)
  }
}
