/**
 * `EnvironmentFile=` of a service: quotes and backslashes in the manner of a shell, but no expansion. Measured with
 * 252 and 257; systemd.exec(5) describes it. Imports nothing of Node.
 */
import { isEnvKey } from '../../../contract/rules.ts'
import { type ReaderResult, ReadingDraft } from './reader-result.ts'
import { bytesAsText, decodeBytesAsText, isValidForSystemd, lineCounter } from './utf8.ts'

export interface SystemdOptions {
  /**
   * systemd's major version. Before 254 a backslash at the end of a comment made the next line part of it.
   * Default 257.
   */
  readonly version?: number
}

const BLANK = /[ \t\r\n]/
const LINE_END = /[\r\n]/
const NOT_BLANK = /[^ \t\r\n]/g

/** @returns a refusal (the unit fails) for a NUL, and for a name or value that is not UTF-8 */
export function readAsSystemd(bytes: Uint8Array, options: SystemdOptions = {}): ReaderResult {
  const draft = new ReadingDraft()
  const lineOf = lineCounter(bytes)
  const nul = bytes.indexOf(0)
  if (nul !== -1) return draft.refuse('the file has a NUL', lineOf(nul))
  const scanner = new Scanner(bytesAsText(bytes), options.version ?? 257)
  for (let found = scanner.next(); found !== undefined; found = scanner.next()) {
    const line = lineOf(found.place)
    if (![found.key, found.value].every((text) => isValidForSystemd(toBytes(text)))) {
      return draft.refuse('a name or value is not valid UTF-8', line)
    }
    if (isEnvKey(found.key)) draft.set(found.key, decodeBytesAsText(found.value), line)
  }
  return draft.finish()
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

interface Assignment {
  readonly key: string
  readonly value: string
  /** Where the name begins. */
  readonly place: number
}

/** Steps through the text, one character for each byte. */
class Scanner {
  readonly #text: string
  readonly #version: number
  #at = 0

  constructor(text: string, version: number) {
    this.#text = text
    this.#version = version
  }

  /** The next assignment, whatever its name is. */
  next(): Assignment | undefined {
    for (;;) {
      NOT_BLANK.lastIndex = this.#at
      const start = NOT_BLANK.exec(this.#text)?.index
      if (start === undefined) return undefined
      this.#at = start
      if (/[#;]/.test(this.#char())) this.#skipComment()
      else {
        const key = this.#readKey()
        if (key !== undefined) return { key, value: this.#readValue(), place: start }
      }
    }
  }

  #char(): string {
    return this.#text[this.#at] ?? ''
  }

  #take(): string {
    const char = this.#char()
    this.#at += 1
    return char
  }

  #skipComment(): void {
    while (this.#at < this.#text.length) {
      const char = this.#take()
      if (LINE_END.test(char)) return
      if (char !== '\\') continue
      // What comes after the backslash is not looked at, but for a line end since 254.
      if (LINE_END.test(this.#take()) && this.#version >= 254) return
    }
  }

  /** Up to the `=`, or undefined when the line ends before it. The first character belongs to it whatever it is. */
  #readKey(): string | undefined {
    let key = this.#take()
    while (this.#at < this.#text.length) {
      const char = this.#take()
      if (LINE_END.test(char)) return undefined
      if (char === '=') return key.replace(/[ \t]+$/, '')
      key += char
    }
    return undefined
  }

  /** Quoted pieces, blanks between them dropped; after the first unquoted character quotes are ordinary. */
  #readValue(): string {
    let value = ''
    while (this.#at < this.#text.length) {
      const char = this.#take()
      if (LINE_END.test(char)) return value
      if (char === "'") value += this.#readSingleQuoted()
      else if (char === '"') value += this.#readDoubleQuoted()
      else if (!BLANK.test(char)) {
        this.#at -= 1
        return value + this.#readUnquoted()
      }
    }
    return value
  }

  /** Blanks at the end go, but not those before an escape, even of a line end. */
  #readUnquoted(): string {
    let value = ''
    let kept = 0
    while (this.#at < this.#text.length) {
      const char = this.#take()
      if (LINE_END.test(char)) break
      if (char === '\\') {
        const escaped = this.#take()
        if (!LINE_END.test(escaped)) value += escaped
        kept = value.length
      } else {
        value += char
        if (!BLANK.test(char)) kept = value.length
      }
    }
    return value.slice(0, kept)
  }

  #readSingleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at)
    const text = this.#text.slice(this.#at, end === -1 ? undefined : end)
    this.#at = end === -1 ? this.#text.length : end + 1
    return text
  }

  #readDoubleQuoted(): string {
    let text = ''
    while (this.#at < this.#text.length) {
      const char = this.#take()
      if (char === '"') break
      if (char !== '\\') text += char
      else {
        const escaped = this.#take()
        if (/["\\`$]/.test(escaped)) text += escaped
        else if (escaped !== '\n' && escaped !== '') text += `\\${escaped}`
      }
    }
    return text
  }
}
