/**
 * `env_file:` of compose (its own parser in Go, a relative of godotenv), and the file that `docker compose` reads as
 * `.env`. Measured with 2.26.1. Imports nothing of Node.
 */
import { type Substitution, substituteTemplate } from './compose-template.ts'
import { type HostVariables, NO_VARIABLES, type ReaderResult, ReadingDraft } from './reader-result.ts'
import { decodeUtf8, lineCounter, replaceInvalidBytes } from './utf8.ts'

/** Go's unicode.IsSpace. */
const ANY_SPACE = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
const SPACE_BUT_LF = /[\t\v\f\r \x85\xa0]/
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // For the substitution that comes after: it makes one of two.
  $: '$$',
}

/**
 * @param env of the user who runs compose: what bare names and `$NAME` take
 * @returns a refusal (nothing is started) for a name with an odd character or a blank in it, for quotes that do not
 *   end, and for a `${...}` that cannot be read or demands a variable that is not there
 */
export function readAsCompose(bytes: Uint8Array, env: HostVariables = NO_VARIABLES): ReaderResult {
  return new ComposeReader(bytes, env).read()
}

type Problem = Extract<Substitution, { kind: unknown }>

class ComposeReader {
  readonly #text: string
  readonly #env: HostVariables
  readonly #draft = new ReadingDraft()
  readonly #lineOf: (place: number) => number
  #at = 0

  constructor(bytes: Uint8Array, env: HostVariables) {
    this.#text = decodeUtf8(replaceInvalidBytes(bytes)).replace(/^\ufeff/, '')
    this.#env = env
    this.#lineOf = lineCounter(this.#text)
  }

  read(): ReaderResult {
    while (this.#skipToStatement()) {
      const line = this.#lineOf(this.#at)
      const problem = this.#readStatement(line)
      if (problem?.kind === 'not-modelled') return this.#draft.giveUp(problem.problem, line)
      if (problem) return this.#draft.refuse(problem.problem, line)
    }
    return this.#draft.finish()
  }

  #skipToStatement(): boolean {
    for (;;) {
      this.#skip(ANY_SPACE)
      if (this.#text[this.#at] !== '#') return this.#at < this.#text.length
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end
    }
  }

  #skip(space: RegExp): void {
    while (space.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  /** @returns why compose gives up */
  #readStatement(line: number): Problem | undefined {
    const rest = this.#text.slice(this.#at, this.#at + 7)
    if (/^export[\t\n\f\r ]/.test(rest)) {
      this.#at += 'export'.length
      this.#skip(SPACE_BUT_LF)
    }
    const start = this.#at
    const end = this.#findKeyEnd(start)
    if (end === 'odd') return refused('a name has a character that compose does not take')
    // At the end of the file without a line end a bare name is no name, but the value of one without characters.
    const key = end === undefined ? '' : trimEnd(this.#text.slice(start, end))
    this.#at = end === undefined ? start : end + 1
    this.#skip(SPACE_BUT_LF)
    if (key.includes(' ')) return refused('a name has a blank in it')
    if (end !== undefined && this.#text[end] === '\n') {
      this.#draft.imports.push({ line, name: key })
      const value = this.#env.get(key)
      if (value !== undefined) this.#draft.set(key, value, line)
      return undefined
    }
    return this.#readValue(key, line)
  }

  #findKeyEnd(start: number): number | 'odd' | undefined {
    for (let at = start; at < this.#text.length; ) {
      const char = String.fromCodePoint(this.#text.codePointAt(at) ?? 0)
      if (char === '=' || char === ':' || char === '\n') return at
      if (!SPACE_BUT_LF.test(char) && !/^[\p{L}\p{N}_.\-[\]]$/u.test(char)) return 'odd'
      at += char.length
    }
    return undefined
  }

  #readValue(key: string, line: number): Problem | undefined {
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") {
      const end = this.#text.indexOf('\n', this.#at)
      const raw = this.#text.slice(this.#at, end === -1 ? undefined : end)
      this.#at = end === -1 ? this.#text.length : end + 1
      return this.#setExpanded(key, trimEnd(raw.split(' #')[0] ?? ''), line)
    }
    const end = this.#findQuoteEnd(quote)
    if (end === undefined) return refused('a quoted value does not end')
    const inner = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    if (quote === '"') return this.#setExpanded(key, expandEscapes(inner), line)
    this.#draft.set(key, inner.replaceAll("\\'", "'"), line)
    return undefined
  }

  #findQuoteEnd(quote: string): number | undefined {
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      if (this.#text[at] === '\\') at += 1
      else if (this.#text[at] === quote) return at
    }
    return undefined
  }

  #setExpanded(key: string, template: string, line: number): Problem | undefined {
    const result = substituteTemplate(template, (name) => this.#env.get(name) ?? this.#draft.get(name))
    if ('problem' in result) return result
    this.#draft.set(key, result.value, line)
    return undefined
  }
}

function refused(problem: string): Problem {
  return { problem, kind: 'refused' }
}

function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && ANY_SPACE.test(text[end - 1] ?? '')) end -= 1
  return text.slice(0, end)
}

function expandEscapes(text: string): string {
  return text.replace(/\\(?:([abfnrtv$"\\])|0(\d{0,3}))/g, (_whole, letter?: string, octal = '') => {
    if (letter !== undefined) return ESCAPES[letter] ?? letter
    // Three octal digits after the 0, or compose leaves the 0 out and all else as it is.
    const code = /^[0-7]{3}$/.test(octal) ? Number.parseInt(octal, 8) : 256
    return code > 255 ? `\\${octal}` : String.fromCharCode(code)
  })
}
