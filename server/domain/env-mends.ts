/**
 * What mends a line of `.env`, one function for each finding that can be mended without asking. A mend never loses
 * text but blanks, quotes and what it says it removes, and never brings in a line with which the container would not
 * start or a dangerous variable. Imports nothing of Node: the page uses it too.
 */
import { isEnvKey, isSecretVariable, MAX_ENV_LINE_BYTES } from '../../contract/rules.ts'
import type { EnvContext } from './env-context.ts'
import { findDangersInText } from './env-danger.ts'
import { type EnvLine, isUtf8, lineText } from './env-file.ts'
import { findMeantName } from './env-meant-name.ts'
import { readInlineComment, readQuotes, unquote } from './env-value.ts'
import { bareKey } from './env-view.ts'

/** What becomes of a line: itself, another one, several, or none. */
export interface MendedLine {
  /** What a button says. */
  readonly label: string
  /** Without their endings. */
  readonly lines: readonly string[]
  /** Which of them is the one that was mended; -1 when it went. */
  readonly main: number
}

interface Subject {
  /** The line without its ending. */
  readonly text: string
  /** What stands before the first `=`, and behind it; all of the text when there is none. */
  readonly key: string
  readonly value: string
  readonly context: EnvContext
}

type Mend = (subject: Subject) => MendedLine | undefined

const encoder = new TextEncoder()
/** What ends a line for dotenv, beside LF (by its source, `^` and `$` of a regular expression with the flag m). */
const OTHER_LINE_ENDS = /[\r\u2028\u2029]/

/**
 * Mends what this finding says of the line. The finding must be there: this function only knows how to mend it.
 *
 * @returns undefined when it can't be mended without knowing what was meant, or not without harm
 */
export function mendLine(line: EnvLine, findingId: string, context: EnvContext): MendedLine | undefined {
  const mend = MENDS.get(findingId)
  // Text would not carry the other bytes of such a line; a line that goes as a whole needs no text.
  if (mend === undefined || (findingId !== 'env.twice' && !isUtf8(line.raw))) return undefined
  const text = lineText(line)
  const equals = text.indexOf('=')
  const [key, value] = equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
  const mended = mend({ text, key, value, context })
  return mended?.lines.every(isHarmless) ? mended : undefined
}

function isHarmless(text: string): boolean {
  const isShort = text.length * 3 < MAX_ENV_LINE_BYTES || encoder.encode(text).length < MAX_ENV_LINE_BYTES
  return isShort && !/^[ \t]*=/.test(text) && findDangersInText(text).length === 0
}

function one(label: string, text: string): MendedLine {
  return { label, lines: [text], main: 0 }
}

/** Makes a comment of each piece that some reader takes for a line: nothing is lost, and nothing is set. */
function commentOut({ text }: Subject): MendedLine {
  const lines = text.split(OTHER_LINE_ENDS).flatMap((piece) => {
    const content = piece.trim()
    if (content === '') return []
    if (content.startsWith('#')) return [content]
    // What other files know as comments becomes one, and does not need two marks.
    return [/^(;|\/\/)/.test(content) ? content.replace(/^(;+|\/\/)/, '#') : `# ${content}`]
  })
  return { label: 'Make it a comment', lines, main: lines.length - 1 }
}

function removeMark({ text }: Subject): MendedLine {
  return one('Remove the mark', text.replace(/^[ \t\ufeff]*\ufeff/, ''))
}

function removeExport({ key, value }: Subject): MendedLine | undefined {
  const name = key.replace(/^([ \t\ufeff]*)export\s+/, '$1')
  return isEnvKey(bareKey(name)) ? one('Remove export', `${name}=${value}`) : undefined
}

function removeBlanksOfKey({ key, value }: Subject): MendedLine {
  return one('Remove the blank', `${key.trimEnd()}=${value}`)
}

function removeBlanksOfValue({ key, value }: Subject): MendedLine {
  return one('Remove the blanks', `${key}=${value.trim()}`)
}

function removeQuotes({ key, value }: Subject): MendedLine | undefined {
  const quoted = readQuotes(value)
  const plain = quoted === undefined ? undefined : unquote(quoted)
  if (quoted === undefined || plain === undefined) return undefined
  const comment = quoted.rest.trim()
  // Without its quotes the value could no longer be told from the comment.
  const lines = [...(comment === '' ? [] : [comment]), `${key}=${plain}`]
  return { label: 'Remove the quotes', lines, main: lines.length - 1 }
}

/** In a passphrase ` #` may be meant: then only a person knows. */
function moveComment({ key, value }: Subject): MendedLine | undefined {
  const found = readInlineComment(value)
  if (found === undefined) return undefined
  const isPassphrase = isSecretVariable(bareKey(key), found.value) && /\s/.test(found.value)
  if (isPassphrase && readQuotes(found.value) === undefined) return undefined
  return {
    label: 'Move the comment above the line',
    lines: [found.comment, `${key}=${found.value}`],
    main: 1,
  }
}

/** As dotenv reads it: each piece is a line. */
function splitLines({ text }: Subject): MendedLine {
  const lines = text.split('\r').filter((piece) => piece.trim() !== '')
  const label = lines.length > 1 ? 'Make lines of their own' : 'Remove it'
  return { label, lines, main: lines.length === 0 ? -1 : 0 }
}

/** Elsewhere a NUL ends the value, and what stands behind it may be meant. */
function removeNul({ text }: Subject): MendedLine | undefined {
  const start = text.indexOf('\0')
  const isAtEnd = /^\0*$/.test(text.slice(start))
  return isAtEnd || text.trimStart().startsWith('#') ? one('Remove it', text.replaceAll('\0', '')) : undefined
}

/** `NAME: value`, which podman ignores and dotenv takes for an assignment. */
function replaceColon(subject: Subject): MendedLine {
  const { text, context } = subject
  const colon = text.indexOf(':')
  const name = bareKey(text.slice(0, colon))
  if (context.lastLineOf(name) !== undefined) return commentOut(subject)
  return one('Write = for the colon', `${name}=${text.slice(colon + 1).trim()}`)
}

function removeLine(): MendedLine {
  return { label: 'Remove this line', lines: [], main: -1 }
}

function rename({ key, value, context }: Subject): MendedLine | undefined {
  const name = bareKey(key)
  const meant = findMeantName(name, value)
  if (meant === undefined || !isEnvKey(name) || context.lastLineOf(meant) !== undefined) return undefined
  return one(`Rename it to ${meant}`, `${key.replace(name, meant)}=${value}`)
}

/** With a NUL in it the value that is read is not the text that would be changed. */
function withoutNul(mend: Mend): Mend {
  return (subject) => (subject.text.includes('\0') ? undefined : mend(subject))
}

const MENDS: ReadonlyMap<string, Mend> = new Map<string, Mend>([
  ['env.twice', removeLine],
  ['env.bom', removeMark],
  ['env.nul', removeNul],
  ['env.carriage-return', splitLines],
  ['env.export', removeExport],
  ['env.blank-before-equals', removeBlanksOfKey],
  ['env.blanks', withoutNul(removeBlanksOfValue)],
  ['env.quotes', withoutNul(removeQuotes)],
  ['env.inline-comment', withoutNul(moveComment)],
  ['env.colon', withoutNul(replaceColon)],
  ['env.near-name', rename],
  ['env.remark', commentOut],
  ['env.dangerous', commentOut],
  ['env.no-key', commentOut],
  ['env.imports-host', commentOut],
  ['env.imports-many', commentOut],
  ['env.not-an-assignment', commentOut],
  ['env.panel-owned', commentOut],
  ['env.empty-secret', commentOut],
])
