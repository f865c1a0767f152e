/**
 * Finds where things stand in a JSON5 text (https://spec.json5.org) without changing a byte of it. It expects a text
 * that json5 has parsed: it finds places, the library judges.
 */

/** A half-open range of UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Member {
  readonly key: string
  /** From the first character of the key. */
  readonly start: number
  readonly value: Node
}

export interface ObjectNode extends Span {
  readonly kind: 'object'
  readonly members: readonly Member[]
  /** End of the last token before the closing brace: the opening brace, a value, a comma or a comment. */
  readonly lastTokenEnd: number
  readonly hasTrailingComma: boolean
}

export interface OtherNode extends Span {
  readonly kind: 'other'
}

export type Node = ObjectNode | OtherNode

/**
 * The outermost value of a JSON5 text.
 * @throws {SyntaxError} the text is not JSON5
 */
export function scanJson5(text: string): Node {
  const scanner = new Scanner(text)
  scanner.skipBlank()
  return scanner.value()
}

// JSON5 5.9 and 8: line terminators and white space, including the BOM and Unicode's space separators.
const BLANK = /[\t\v\f \u00a0\ufeff\n\r\u2028\u2029\p{Zs}]/u
/** Everything a number, literal or unquoted key may consist of ends at one of these. */
const WORD_END = /[\s\ufeff,:[\]{}"'/]/u
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '0': '\0',
  '\n': '',
  '\r': '',
  '\u2028': '',
  '\u2029': '',
}

class Scanner {
  readonly #text: string
  #at = 0
  /** End of the last token or comment. */
  #lastEnd = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Node {
    const start = this.#at
    const first = this.#text[start]
    if (first === '{') return this.#object()
    if (first === '[') this.#array()
    else if (first === '"' || first === "'") this.#string()
    else this.#word()
    return { kind: 'other', start, end: this.#at }
  }

  skipBlank(): void {
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '/') this.#comment()
      else if (char !== undefined && BLANK.test(char)) this.#at += 1
      else return
    }
  }

  #object(): ObjectNode {
    const start = this.#at
    const members: Member[] = []
    let hasTrailingComma = false
    this.#take('{')
    for (;;) {
      this.skipBlank()
      if (this.#text[this.#at] === '}') break
      const keyStart = this.#at
      const key = this.#key()
      this.skipBlank()
      this.#take(':')
      this.skipBlank()
      members.push({ key, start: keyStart, value: this.value() })
      this.skipBlank()
      hasTrailingComma = this.#text[this.#at] === ','
      if (!hasTrailingComma) break
      this.#take(',')
    }
    const lastTokenEnd = this.#lastEnd
    this.#take('}')
    return { kind: 'object', start, end: this.#at, members, lastTokenEnd, hasTrailingComma }
  }

  #array(): void {
    this.#take('[')
    for (;;) {
      this.skipBlank()
      if (this.#text[this.#at] === ']') break
      this.value()
      this.skipBlank()
      if (this.#text[this.#at] !== ',') break
      this.#take(',')
    }
    this.#take(']')
  }

  #key(): string {
    const first = this.#text[this.#at]
    return first === '"' || first === "'" ? this.#string() : decodeIdentifier(this.#word())
  }

  #string(): string {
    const quote = this.#text[this.#at]
    const start = this.#at + 1
    let end = start
    while (this.#text[end] !== quote) {
      if (end >= this.#text.length) throw this.#unexpected()
      end += this.#text[end] === '\\' ? 2 : 1
    }
    this.#advance(end + 1)
    return decodeString(this.#text.slice(start, end))
  }

  #word(): string {
    const start = this.#at
    let end = start
    while (end < this.#text.length && !WORD_END.test(this.#text[end] ?? '')) end += 1
    if (end === start) throw this.#unexpected()
    this.#advance(end)
    return this.#text.slice(start, end)
  }

  #comment(): void {
    if (this.#text.startsWith('//', this.#at)) {
      const length = this.#text.slice(this.#at).search(/[\n\r\u2028\u2029]/)
      this.#advance(length === -1 ? this.#text.length : this.#at + length)
      return
    }
    const end = this.#text.startsWith('/*', this.#at) ? this.#text.indexOf('*/', this.#at + 2) : -1
    if (end === -1) throw this.#unexpected()
    this.#advance(end + 2)
  }

  #take(char: string): void {
    if (this.#text[this.#at] !== char) throw this.#unexpected()
    this.#advance(this.#at + 1)
  }

  #advance(to: number): void {
    this.#at = to
    this.#lastEnd = to
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(`not JSON5 at character ${this.#at}`)
  }
}

/** The value of what stands between the quotes (JSON5 5.1). */
function decodeString(source: string): string {
  return source.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))/g,
    (_all, unicode?: string, hex?: string, char?: string) => {
      const code = unicode ?? hex
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
      if (char === '\r\n') return ''
      return char === undefined ? '' : (SIMPLE_ESCAPES[char] ?? char)
    },
  )
}

/** An unquoted key may hold \uXXXX escapes (JSON5 3, ECMAScript 5.1 IdentifierName). */
function decodeIdentifier(source: string): string {
  return source.replace(/\\u([0-9a-fA-F]{4})/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
