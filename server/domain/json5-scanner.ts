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
  readonly keyEnd: number
  readonly value: Node
}

/** What objects and arrays have in common. */
interface Container extends Span {
  /** End of the last token before the closing one: the opening one, a value, a comma or a comment. */
  readonly lastTokenEnd: number
  readonly hasTrailingComma: boolean
}

export interface ObjectNode extends Container {
  readonly kind: 'object'
  readonly members: readonly Member[]
}

export interface ArrayNode extends Container {
  readonly kind: 'array'
  readonly items: readonly Node[]
}

export interface StringNode extends Span {
  readonly kind: 'string'
  readonly value: string
}

/** A number, true, false or null. */
export interface WordNode extends Span {
  readonly kind: 'word'
}

export type Node = ObjectNode | ArrayNode | StringNode | WordNode

/** Deeper than this no configuration is; the stack of a program ends somewhere, too. */
const MAX_DEPTH = 500

/**
 * The outermost value of a JSON5 text.
 * @throws {SyntaxError} the text is not JSON5, or nested more than 500 deep
 */
export function scanJson5(text: string): Node {
  return scanJson5Parts(text).root
}

/** The outermost value and every comment, in their order; throws as {@link scanJson5}. */
export function scanJson5Parts(text: string): { root: Node; comments: readonly Span[] } {
  const scanner = new Scanner(text)
  scanner.skipBlank()
  const root = scanner.value()
  scanner.skipBlank()
  return { root, comments: scanner.comments }
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
  #depth = 0
  readonly comments: Span[] = []

  constructor(text: string) {
    this.#text = text
  }

  value(): Node {
    const start = this.#at
    const first = this.#text[start]
    if (first === '{' || first === '[') {
      if (this.#depth >= MAX_DEPTH) throw new SyntaxError(`nested more than ${MAX_DEPTH} deep`)
      this.#depth += 1
      const node = first === '{' ? this.#object() : this.#array()
      this.#depth -= 1
      return node
    }
    if (first === '"' || first === "'") {
      const value = this.#string()
      return { kind: 'string', start, end: this.#at, value }
    }
    this.#word()
    return { kind: 'word', start, end: this.#at }
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
      const keyEnd = this.#at
      this.skipBlank()
      this.#take(':')
      this.skipBlank()
      members.push({ key, start: keyStart, keyEnd, value: this.value() })
      this.skipBlank()
      hasTrailingComma = this.#text[this.#at] === ','
      if (!hasTrailingComma) break
      this.#take(',')
    }
    const lastTokenEnd = this.#lastEnd
    this.#take('}')
    return { kind: 'object', start, end: this.#at, members, lastTokenEnd, hasTrailingComma }
  }

  #array(): ArrayNode {
    const start = this.#at
    const items: Node[] = []
    let hasTrailingComma = false
    this.#take('[')
    for (;;) {
      this.skipBlank()
      if (this.#text[this.#at] === ']') break
      items.push(this.value())
      this.skipBlank()
      hasTrailingComma = this.#text[this.#at] === ','
      if (!hasTrailingComma) break
      this.#take(',')
    }
    const lastTokenEnd = this.#lastEnd
    this.#take(']')
    return { kind: 'array', start, end: this.#at, items, lastTokenEnd, hasTrailingComma }
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
    const start = this.#at
    this.#skipComment()
    this.comments.push({ start, end: this.#at })
  }

  #skipComment(): void {
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
