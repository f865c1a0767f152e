/** The tokens of JSON5 (https://spec.json5.org) for the editor's colours. What is wrong, the panel's check says. */
import { StreamLanguage, type StreamParser, type StringStream } from '@codemirror/language'

interface Json5State {
  /** What goes on in the next line: a comment, or a string with this quote. */
  inside: 'comment' | '"' | "'" | null
  /** Braces and brackets that are open. */
  depth: number
}

export const json5Parser: StreamParser<Json5State> = {
  name: 'json5',
  startState: () => ({ inside: null, depth: 0 }),
  token: (stream, state) => {
    if (state.inside === 'comment') return readComment(stream, state)
    if (state.inside !== null) return readString(stream, state, state.inside)
    if (stream.eatSpace()) return null
    if (stream.match('//')) {
      stream.skipToEnd()
      return 'lineComment'
    }
    if (stream.match('/*')) return readComment(stream, state)
    const first = stream.peek()
    if (first === '"' || first === "'") {
      stream.next()
      return readString(stream, state, first)
    }
    return readMark(stream, state) ?? readWord(stream)
  },
  indent: ({ depth }, textAfter, { unit }) => {
    const isClosing = /^\s*[}\]]/.test(textAfter)
    return Math.max(0, depth - (isClosing ? 1 : 0)) * unit
  },
  languageData: {
    commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
    indentOnInput: /^\s*[}\]]$/,
  },
}

/** JSON5 as CodeMirror takes it. */
export const json5Language = StreamLanguage.define(json5Parser)

function readComment(stream: StringStream, state: Json5State): string {
  const isClosed = stream.skipTo('*/') === true
  if (isClosed) stream.match('*/')
  else stream.skipToEnd()
  state.inside = isClosed ? null : 'comment'
  return 'blockComment'
}

/** To the closing quote. A backslash at the end of a line carries the string into the next (JSON5 5.2). */
function readString(stream: StringStream, state: Json5State, quote: '"' | "'"): string {
  state.inside = null
  while (!stream.eol()) {
    const char = stream.next()
    if (char === quote) return isKey(stream) ? 'propertyName' : 'string'
    if (char !== '\\') continue
    if (stream.eol()) state.inside = quote
    else stream.next()
  }
  return 'string'
}

function readMark(stream: StringStream, state: Json5State): string | null {
  const mark = stream.eat(/[{}[\],:]/)
  if (typeof mark !== 'string') return null
  if (mark === '{' || mark === '[') state.depth += 1
  if (mark === '}' || mark === ']') state.depth = Math.max(0, state.depth - 1)
  return mark === ',' || mark === ':' ? 'punctuation' : 'bracket'
}

function readWord(stream: StringStream): string {
  if (!stream.match(/^[^\s,:[\]{}"'/]+/)) {
    stream.next()
    return 'invalid'
  }
  if (isKey(stream)) return 'propertyName'
  const word = stream.current()
  if (word === 'true' || word === 'false') return 'bool'
  if (word === 'null') return 'null'
  return /^[+-]?(?:\.?\d|Infinity$|NaN$)/.test(word) ? 'number' : 'invalid'
}

/** Whether a colon follows in the same line. */
function isKey(stream: StringStream): boolean {
  return Boolean(stream.match(/^\s*:/, false))
}
