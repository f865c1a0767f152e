/** bash's lists of simple commands; whatever is more of a program than that is not modelled. */
import {
  type AndOr,
  type Assignment,
  BashStop,
  type Command,
  RESERVED,
  type Word,
  type WordPart,
} from './bash-grammar.ts'
import { BashLexer } from './bash-lexer.ts'

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)(\+?)=/
const ELEMENT = /[A-Za-z_][A-Za-z0-9_]*\[/y
const REDIRECT = /&>>?|<<<|<<-?|<>|<&|>>|>\||>&|<|>/y

/** Deeper than people nest, and not so deep that the stack could end. */
const MAX_DEPTH = 50

export class BashParser {
  readonly #lexer: BashLexer
  readonly #isSubstitution: boolean

  /** @param start of a `$(`'s inside, `depth` of them in one another */
  constructor(text: string, start = 0, depth = 0) {
    this.#isSubstitution = depth > 0
    this.#lexer = new BashLexer(text, (place) => {
      if (depth > MAX_DEPTH) throw new BashStop('not-modelled', 'commands are nested deeply', place)
      return new BashParser(text, place, depth + 1).readToParenthesis()
    })
    this.#lexer.at = start
  }

  /** One line of commands: bash runs it before it looks at the next. Empty for a blank line. */
  readLine(): AndOr[] | undefined {
    const lexer = this.#lexer
    lexer.commandStart = lexer.at
    lexer.skipBlanks()
    if (lexer.char() === '') return undefined
    const list: AndOr[] = []
    for (;;) {
      lexer.skipBlanks()
      if (this.#endsLine()) break
      list.push(this.#readAndOr())
      if (this.#endsLine()) break
    }
    if (lexer.char() === '\n') lexer.at += 1
    return list
  }

  /** The inside of `$(...)`, for its syntax alone. @returns the place after its `)` */
  readToParenthesis(): number {
    const start = this.#lexer.at
    while (this.readLine() !== undefined) {
      if (this.#lexer.char() === ')') return this.#lexer.at + 1
    }
    throw new BashStop('refused', 'a “$(” is not closed', start)
  }

  #endsLine(): boolean {
    const char = this.#lexer.char()
    return char === '' || char === '\n' || (this.#isSubstitution && char === ')')
  }

  /** With the `;` or `&` after it. */
  #readAndOr(): AndOr {
    const lexer = this.#lexer
    const place = lexer.at
    const pipelines = [{ after: undefined as '&&' | '||' | undefined, commands: this.#readPipeline() }]
    for (;;) {
      const operator = lexer.text.slice(lexer.at, lexer.at + 2)
      if (operator !== '&&' && operator !== '||') break
      lexer.at += 2
      this.#skipLineEnds()
      pipelines.push({ after: operator, commands: this.#readPipeline() })
    }
    const end = lexer.at
    const isBackground = lexer.char() === '&'
    if (isBackground || lexer.char() === ';') {
      lexer.at += 1
      lexer.skipBlanks()
      if (/[;&|]/.test(lexer.char())) throw this.#unexpected()
    } else if (!this.#endsLine()) throw this.#unexpected()
    return { pipelines, isBackground, place, end }
  }

  #readPipeline(): Command[] {
    const lexer = this.#lexer
    const commands = [this.#readCommand()]
    while (lexer.char() === '|' && lexer.text[lexer.at + 1] !== '|') {
      lexer.at += lexer.text[lexer.at + 1] === '&' ? 2 : 1
      this.#skipLineEnds()
      commands.push(this.#readCommand())
    }
    return commands
  }

  /** After an operator the command may stand some lines below. */
  #skipLineEnds(): void {
    this.#lexer.skipBlanks()
    while (this.#lexer.char() === '\n') {
      this.#lexer.at += 1
      this.#lexer.skipBlanks()
    }
  }

  #readCommand(): Command {
    const lexer = this.#lexer
    const place = lexer.at
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirects: Command['redirects'][number][] = []
    let end = place
    for (;;) {
      lexer.skipBlanks()
      const redirect = this.#readRedirect()
      if (redirect) redirects.push(redirect)
      else {
        const word = this.#readWordAt(
          words.length === 0,
          words.length + assignments.length + redirects.length,
        )
        if (word === undefined) break
        const assignment = words.length === 0 ? asAssignment(word) : undefined
        if (assignment) assignments.push(assignment)
        else words.push(word)
      }
      end = lexer.at
    }
    if (lexer.char() === '(') throw this.#parenthesis(words, assignments.length + redirects.length)
    if (end === place) throw this.#unexpected()
    return { assignments, words, redirects, place, end }
  }

  /** @param isFirst whether it may be an assignment or the command; @param before how much of the command stands before */
  #readWordAt(isFirst: boolean, before: number): Word | undefined {
    const lexer = this.#lexer
    if (isFirst) {
      ELEMENT.lastIndex = lexer.at
      if (ELEMENT.test(lexer.text)) {
        throw new BashStop('not-modelled', 'it sets an element of an array', lexer.at)
      }
    }
    const word = lexer.readWord()
    if (word === undefined) return undefined
    const text = onlyLiteral(word)
    if (isFirst && before === 0 && text !== undefined && RESERVED.has(text)) {
      throw new BashStop('not-modelled', 'it is more of a program than a list of variables', word.place)
    }
    if (/[<>]/.test(lexer.char()) && /^\{[A-Za-z_]\w*\}$/.test(text ?? '')) {
      throw new BashStop('not-modelled', 'it opens a file for the shell', word.place)
    }
    if (lexer.char() === '(' && /^[A-Za-z_]\w*\+?=$/.test(text ?? '')) {
      throw new BashStop('not-modelled', 'it sets an array', word.place)
    }
    return word
  }

  #readRedirect(): Command['redirects'][number] | undefined {
    const lexer = this.#lexer
    const place = lexer.at
    const digits = /[0-9]*/y
    digits.lastIndex = place
    digits.test(lexer.text)
    const afterDigits = digits.lastIndex
    REDIRECT.lastIndex = afterDigits
    const operator = REDIRECT.exec(lexer.text)?.[0]
    if (operator === undefined || (operator.startsWith('&') && afterDigits > place)) return undefined
    const isSubstitution = /^[<>]$/.test(operator) && lexer.text[afterDigits + 1] === '('
    if (isSubstitution || /^<<-?$/.test(operator)) {
      throw new BashStop('not-modelled', 'it has a here-document or a process substitution', place)
    }
    lexer.at = afterDigits + operator.length
    lexer.skipBlanks()
    const target = lexer.readWord()
    if (target === undefined) throw this.#unexpected()
    return { place, end: lexer.at, target }
  }

  #unexpected(): BashStop {
    return new BashStop('refused', 'a sign of the shell stands where it cannot', this.#lexer.at)
  }

  #parenthesis(words: readonly Word[], before: number): BashStop {
    const isProgram = before === 0 && words.length <= 1
    return isProgram
      ? new BashStop('not-modelled', 'it is more of a program than a list of variables', this.#lexer.at)
      : this.#unexpected()
  }
}

/** The text of a word in which nothing is quoted or expanded. */
export function onlyLiteral(word: Word): string | undefined {
  const [first, ...more] = word.parts
  return first?.kind === 'literal' && !first.isQuoted && more.length === 0 ? first.text : undefined
}

/** `NAME=...` and `NAME+=...`, whose name and sign are not quoted. */
export function asAssignment(word: Word): Assignment | undefined {
  const [first, ...more] = word.parts
  if (first?.kind !== 'literal' || first.isQuoted) return undefined
  const match = ASSIGNMENT.exec(first.text)
  if (!match) return undefined
  const [whole, name = '', plus] = match
  const rest: WordPart[] =
    whole.length === first.text.length ? [] : [{ ...first, text: first.text.slice(whole.length) }]
  return { name, isAppend: plus === '+', value: [...rest, ...more], place: word.place }
}
