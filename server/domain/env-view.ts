/** `.env` as the page's table: a row for each line, and no secret in any of them. */

import type { EnvEntry } from '../../contract/env.ts'
import { isEnvKey, isSecretVariable } from '../../contract/rules.ts'
import { type EnvContext, readContext } from './env-context.ts'
import { type EnvFile, type EnvLine, lineText } from './env-file.ts'

/**
 * One entry for each line. A secret has its length only: a variable whose name or value says so, a comment that holds
 * such an assignment, and any other line that could be the rest of one (podman reads no value over two lines). What
 * podman takes for a name in the rest of one is a piece of it, and is not told either.
 */
export function envEntries(file: EnvFile): EnvEntry[] {
  const context = readContext(file)
  return file.lines.map((line): EnvEntry => {
    const { number, kind, key } = line
    if (isNamelessLine(line, context))
      return {
        line: number,
        kind: 'other',
        isEffective: true,
        masked: true,
        length: [...lineText(line)].length,
      }
    const isEffective = key === undefined || context.lastLineOf(key) === number
    return { line: number, kind, isEffective, ...readContent(line) }
  })
}

type Content = Pick<EnvEntry, 'key' | 'value' | 'text' | 'masked' | 'length'>

function readContent(line: EnvLine): Content {
  const { key, value } = line
  if (key !== undefined && value !== undefined) {
    const length = [...value].length
    if (isSecretValue(key, value)) return { key, masked: true, length }
    return { key, value, masked: false, length }
  }
  const text = lineText(line)
  const length = [...text].length
  const masked = isMaskedLine(line)
  return masked ? { masked, length } : { text, masked, length }
}

/** What is said in place of the name of such a line. */
export const NAMELESS = 'a line that is no variable'

/** True when nothing of the line may be shown: it is a part of a value that began further up, or looks like one. */
export function isNamelessLine({ kind, key, value, number }: EnvLine, context: EnvContext): boolean {
  if (kind === 'blank') return false
  return context.startOfValue(number) !== undefined || (key !== undefined && isSecretPiece(key, value ?? ''))
}

/**
 * True when what podman takes for a name is rather a piece of a secret, for example the last line of a private key:
 * base64 (RFC 4648, 4) has + and /, and ends in = where its length asks for it.
 */
export function isSecretPiece(key: string, value: string): boolean {
  const name = bareKey(key)
  if (!isEnvKey(name) && (/[+/]/.test(name) || isSecretVariable('', name))) return true
  const padding = /^(=?)["']?$/.exec(value)?.[1]
  if (padding === undefined || !/^[A-Za-z0-9]+$/.test(name)) return false
  if (padding === '=') return name.length % 4 === 2 || /[a-z0-9]/.test(name)
  return name.length % 4 === 3 && (/\d/.test(name) || /[a-z][A-Z]/.test(name)) && /[a-z]/.test(name)
}

/** True when the value of the line, or the line itself where it has none, must not be shown. */
export function isMaskedLine(line: EnvLine): boolean {
  const { key, value, kind } = line
  if (key !== undefined && value !== undefined) return isSecretValue(key, value)
  if (kind === 'comment') return hasSecret(lineText(line))
  return kind === 'other' && !isBareKey(lineText(line))
}

/** True when the value must not be shown; the key may carry what podman takes for a part of it, the value its quotes. */
function isSecretValue(key: string, value: string): boolean {
  if (value === '') return false
  return isSecretVariable(bareKey(key), value) || hasSecret(value)
}

/** The name a person meant: without BOM, `export` and blanks. */
export function bareKey(key: string): string {
  return (
    key
      .replace(/^\ufeff/, '')
      .trim()
      // Any white space, as dotenv has it: podman's name would be harmless, and the gateway reads the file too.
      .replace(/^export\s+/, '')
      .trim()
  )
}

// The lookbehind lets a name begin only where a word does: without it a long run of letters would take quadratic time.
const NAME_BEFORE_VALUE = /(?<![\w.-])([A-Za-z_][\w.-]*)["']?[ \t]*[=:]/g

/** True when an assignment to a secret variable, or a word that looks like a credential, stands in the text. */
export function hasSecret(text: string): boolean {
  for (const match of text.matchAll(NAME_BEFORE_VALUE)) {
    const isAssigned = /[^\s"']/.test(text.slice(match.index + match[0].length))
    if (isAssigned && isSecretVariable(match[1] ?? '', '')) return true
  }
  return text.split(/[\s"'`]+/).some((word) => isSecretWord(word))
}

function isSecretWord(word: string): boolean {
  if (isSecretVariable('', word)) return true
  // A link holds long runs by nature; of its parts only the query carries credentials.
  const [place = '', query] = /^https?:\/\//i.test(word) ? word.split('?', 2) : ['', word]
  if (place === '' || query !== undefined) {
    return (query ?? '').split(/[=:,;&?(){}[\]<>|]+/).some((part) => isSecretVariable('', part))
  }
  return false
}

/** `NAME` or `NAME*`: podman takes the host's variables; there is nothing to hide in it. */
function isBareKey(text: string): boolean {
  return /^\s*[A-Za-z_][A-Za-z0-9_]{0,63}\*?\s*$/.test(text) && !hasSecret(text)
}
