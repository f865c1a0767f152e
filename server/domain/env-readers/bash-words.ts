/** What the words of a simple command are to bash: nothing, `export`, or a command that is run. */
import { assign, expandValue, type Scope, type Value } from './bash-expand.ts'
import { type Assignment, BashStop, NAME, STATEFUL_BUILTINS, type Word } from './bash-grammar.ts'
import { asAssignment, onlyLiteral } from './bash-parser.ts'

export type CommandWords =
  /** No word is left: what stands before them are assignments of the shell itself. */
  | { readonly kind: 'none' }
  | { readonly kind: 'export'; readonly arguments: readonly Word[] }
  | { readonly kind: 'command' }

const BRACES = /\{[^{}]*(?:,|\.\.)[^{}]*\}/

/** @throws {BashStop} not-modelled, when the first word is a builtin that changes the shell, or could be one */
export function readCommandWords(words: readonly Word[], scope: Scope): CommandWords {
  const first = words.findIndex((word) => !vanishes(word, scope))
  const word = words[first]
  if (word === undefined) return { kind: 'none' }
  if (onlyLiteral(word) === 'export') return { kind: 'export', arguments: words.slice(first + 1) }
  const value = expandValue(word.parts, scope)
  if ('why' in value) throw new BashStop('not-modelled', 'it runs a command that is not known', word.place)
  const isSplit = word.parts.some((part) => part.kind !== 'literal' && !part.isQuoted)
  const name = isSplit ? (value.text.trim().split(/[ \t\n]+/)[0] ?? '') : value.text
  const isOpen = BRACES.test(unquotedText(word)) || /^%/.test(name)
  if (isOpen || name === 'export' || STATEFUL_BUILTINS.has(name)) {
    throw new BashStop('not-modelled', 'it runs a command of the shell itself', word.place)
  }
  return { kind: 'command' }
}

/** An unquoted variable without a value leaves no word. */
function vanishes(word: Word, scope: Scope): boolean {
  const isOpen = word.parts.every(
    (part) => (part.kind === 'variable' || part.kind === 'choice') && !part.isQuoted,
  )
  if (!isOpen) return false
  const value = expandValue(word.parts, scope)
  return 'text' in value && /^[ \t\n]*$/.test(value.text)
}

function unquotedText(word: Word): string {
  return word.parts.map((part) => (part.kind === 'literal' && !part.isQuoted ? part.text : '')).join('')
}

/**
 * @param why the values are not known, when it is not sure that the command is run
 * @returns whether it surely went well
 */
export function runExport(words: readonly Word[], scope: Scope, why: string | undefined): boolean {
  // bash expands all words before the first is exported, unlike the words of plain assignments.
  const settings = words.map((word) => readExported(word, scope))
  for (const setting of settings) {
    if (setting === 'nothing' || setting === 'no name') continue
    assign(scope, setting.target, why === undefined ? setting.value : { why })
  }
  return why === undefined && !settings.includes('no name')
}

type Exported = { readonly target: Omit<Assignment, 'value'>; readonly value: Value } | 'nothing' | 'no name'

function readExported(word: Word, scope: Scope): Exported {
  if (BRACES.test(unquotedText(word))) {
    throw new BashStop('not-modelled', 'it exports what braces make', word.place)
  }
  const assignment = asAssignment(word)
  if (assignment) return { target: assignment, value: expandValue(assignment.value, scope) }
  const isPlain = word.parts.every((part) => part.kind === 'literal')
  const text = word.parts.map((part) => (part.kind === 'literal' ? part.text : '')).join('')
  if (!isPlain || text.startsWith('-') || /[*?[~]/.test(unquotedText(word))) {
    throw new BashStop('not-modelled', 'it exports what an expansion makes', word.place)
  }
  const name = NAME.exec(text)?.[0] ?? ''
  if (name !== '' && name === text) return 'nothing'
  const sign = /^\+?=/.exec(text.slice(name.length))?.[0]
  if (name === '' || sign === undefined) return 'no name'
  const target = { name, isAppend: sign === '+=', place: word.place }
  return { target, value: { text: text.slice(name.length + sign.length) } }
}
