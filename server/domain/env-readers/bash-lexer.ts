/** bash's words: where they end and what is quoted in them (the manual, "Quoting" and "Shell Expansions"). */
import { decodeAnsiC } from './bash-ansi-c.ts'
import { BashStop, type Word, type WordPart } from './bash-grammar.ts'

const PLAIN = /[^\\'"`$ \t\n;&|<>()]+/y
/** bash takes a backslash with a line end out before it looks for the end of a name. */
const NAME_HERE = /(?:\\\n)*[A-Za-z_](?:(?:\\\n)*[A-Za-z0-9_])*/y
const PLAIN_IN_QUOTES = /[^\\"`$]+/y
/** `${NAME` and an operator with a word in which nothing has a meaning. */
const SIMPLE_BRACED = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([\w./,@:% -]*))?\}/y
/** What gives a value that depends on more than names and their values; none of it changes anything. */
const OPAQUE_BRACED =
  /\$\{(?:#?[A-Za-z_]\w*|[0-9]+|[@*?$#!-]|[A-Za-z_]\w*(?:[%#/^,][\w./,@:% -]*|:\d+(?::\d+)?))\}/y
const BAD_BRACED = /\$\{(?:[\s.=+%/:,^~|&;<>()\][-][^{}"'`$\\\n]*)?\}/y

/** Reads a list up to the `)` that ends a `$(`. @returns the place after the `)` */
export type SubstitutionReader = (place: number) => number

export class BashLexer {
  readonly text: string
  readonly #readSubstitution: SubstitutionReader
  at = 0
  /** Where the command line began that is being read. */
  commandStart = 0

  constructor(text: string, readSubstitution: SubstitutionReader) {
    this.text = text
    this.#readSubstitution = readSubstitution
  }

  /** Over blanks, comments and backslashes at the end of a line; not over the end of a line. */
  skipBlanks(): void {
    for (;;) {
      if (/[ \t]/.test(this.char())) this.at += 1
      else if (this.text.startsWith('\\\n', this.at)) this.at += 2
      else break
    }
    if (this.char() !== '#') return
    const end = this.text.indexOf('\n', this.at)
    this.at = end === -1 ? this.text.length : end
  }

  char(): string {
    return this.text[this.at] ?? ''
  }

  /** The word that begins here, or undefined when none does. */
  readWord(): Word | undefined {
    const place = this.at
    const parts: WordPart[] = []
    const add = (part: WordPart): void => {
      const last = parts.at(-1)
      // So that a name and its `=` are together whatever was between them.
      if (last?.kind === 'literal' && part.kind === 'literal' && !last.isQuoted && !part.isQuoted) {
        parts[parts.length - 1] = { ...last, text: last.text + part.text }
      } else parts.push(part)
    }
    while (this.#readPiece(add));
    return parts.length === 0 ? undefined : { parts, place, end: this.at }
  }

  /** @returns false where the word has ended */
  #readPiece(add: (part: WordPart) => void): boolean {
    const plain = this.#match(PLAIN)
    if (plain) add({ kind: 'literal', text: plain[0], isQuoted: false })
    else if (this.char() === '\\') this.#readBackslash(add)
    else if (this.char() === "'") add(this.#readSingleQuoted())
    else if (this.char() === '"') this.#readDoubleQuoted(add)
    else if (this.text.startsWith("$'", this.at)) add(this.#readAnsiC())
    else if (this.text.startsWith('$"', this.at)) {
      this.at += 1
      this.#readDoubleQuoted(add)
    } else if (/[$`]/.test(this.char())) add(this.#readExpansion(false))
    else if (/[<>]\(/y.test(this.text.slice(this.at, this.at + 2))) {
      throw new BashStop('not-modelled', 'it has a process substitution', this.at)
    } else return false
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (match) this.at = pattern.lastIndex
    return match
  }

  #readBackslash(add: (part: WordPart) => void): void {
    const next = this.text[this.at + 1]
    this.at += 2
    if (next === '\n') return
    if (next === undefined && this.text.slice(this.commandStart, this.at).includes('\n')) {
      // bash drops it or not, by how the lines before it are quoted.
      throw new BashStop('not-modelled', 'a backslash ends the file', this.text.length)
    }
    // The last character of the file protects nothing, so it stays.
    add({ kind: 'literal', text: next ?? '\\', isQuoted: true })
  }

  #readSingleQuoted(): WordPart {
    const end = this.text.indexOf("'", this.at + 1)
    if (end === -1) throw new BashStop('refused', 'a single quote is not closed', this.at)
    const text = this.text.slice(this.at + 1, end)
    this.at = end + 1
    return { kind: 'literal', text, isQuoted: true }
  }

  #readAnsiC(): WordPart {
    const start = this.at
    const inner = /\$'((?:[^'\\]|\\[\s\S])*)'/y
    const match = this.#match(inner)
    if (!match) throw new BashStop('refused', 'a single quote is not closed', start)
    const text = decodeAnsiC(match[1] ?? '')
    if (text !== undefined) return { kind: 'literal', text, isQuoted: true }
    return { kind: 'unknown', why: 'an escape in $’...’ is not worked out here', isQuoted: true }
  }

  #readDoubleQuoted(add: (part: WordPart) => void): void {
    const start = this.at
    this.at += 1
    // "" is something, if only an empty text.
    add({ kind: 'literal', text: '', isQuoted: true })
    while (this.char() !== '"') {
      const plain = this.#match(PLAIN_IN_QUOTES)
      if (plain) add({ kind: 'literal', text: plain[0], isQuoted: true })
      else if (this.char() === '\\') {
        const next = this.text[this.at + 1] ?? ''
        this.at += 2
        if (next !== '\n') {
          add({ kind: 'literal', text: /[$`"\\]/.test(next) ? next : `\\${next}`, isQuoted: true })
        }
      } else if (this.char() === '') throw new BashStop('refused', 'a double quote is not closed', start)
      else add(this.#readExpansion(true))
    }
    this.at += 1
  }

  /** What begins with `$` or a backtick. */
  #readExpansion(isQuoted: boolean): WordPart {
    const place = this.at
    if (this.char() === '`') return this.#readBackticks(isQuoted)
    const next = this.text[this.at + 1] ?? ''
    if (next === '(') {
      if (this.text[this.at + 2] === '(') throw new BashStop('not-modelled', 'it has arithmetic', place)
      this.at = this.#readSubstitution(this.at + 2)
      return { kind: 'substitution', text: this.text.slice(place, this.at), place, isQuoted }
    }
    if (next === '[') throw new BashStop('not-modelled', 'it has arithmetic', place)
    if (next === '{') return this.#readBraced(isQuoted)
    this.at += 1
    const name = this.#match(NAME_HERE)?.[0]
    if (name !== undefined) return { kind: 'variable', name: name.replaceAll('\\\n', ''), isQuoted }
    if (next === '\\' && this.text[this.at + 1] === '\n') {
      throw new BashStop('not-modelled', 'a “$” is the last of its line', place)
    }
    if (!/[0-9@*#?$!-]/.test(next)) return { kind: 'literal', text: '$', isQuoted: true }
    this.at += 1
    return { kind: 'unknown', why: 'it takes a value of the shell that reads it', isQuoted }
  }

  #readBraced(isQuoted: boolean): WordPart {
    const place = this.at
    const simple = this.#match(SIMPLE_BRACED)
    if (simple) {
      const [, name = '', operator, word = ''] = simple
      if (operator === undefined) return { kind: 'variable', name, isQuoted }
      return { kind: 'choice', name, operator: operator as ':-' | '-' | ':+' | '+', word, isQuoted }
    }
    if (this.#match(OPAQUE_BRACED)) {
      return { kind: 'unknown', why: 'an expansion in it is not worked out here', isQuoted }
    }
    if (this.#match(BAD_BRACED)) return { kind: 'bad', place, isQuoted }
    if (!this.text.includes('}', place)) throw new BashStop('refused', 'a “${” is not closed', place)
    throw new BashStop('not-modelled', 'it has an expansion that is a program of its own', place)
  }

  #readBackticks(isQuoted: boolean): WordPart {
    const place = this.at
    const match = this.#match(/`(?:[^`\\]|\\[\s\S])*`/y)
    if (!match) throw new BashStop('refused', 'a backtick is not closed', place)
    return { kind: 'substitution', text: match[0], place, isQuoted }
  }
}
