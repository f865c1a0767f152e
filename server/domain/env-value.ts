/**
 * What stands behind the `=` of a line: quotes, value and comment, as readers other than podman take them. The rules
 * are those of docs/facts/env-dialects.md. Imports nothing of Node.
 */

/** A value that begins with a quote; blanks in front of it are cut, as dotenv and systemd do. */
export interface QuotedValue {
  readonly quote: '"' | "'"
  /** Between the quotes; missing when the closing one is not on this line. */
  readonly inner?: string
  /** What stands behind the closing quote. */
  readonly rest: string
}

/** The quotes around a value, or undefined when it does not begin with one. */
export function readQuotes(value: string): QuotedValue | undefined {
  const text = value.trimStart()
  const quote = text[0]
  if (quote !== '"' && quote !== "'") return undefined
  const end = closingQuote(text, quote)
  if (end === -1) return { quote, rest: '' }
  return { quote, inner: text.slice(1, end), rest: text.slice(end + 1) }
}

/** In double quotes a backslash guards the next character; in single ones a shell knows no escape. */
function closingQuote(text: string, quote: string): number {
  if (quote === "'") return text.indexOf(quote, 1)
  for (let index = 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === quote) return index
  }
  return -1
}

/**
 * The value that bash and dotenv both read from the quotes, if it reads the same without them: undefined when they
 * disagree (escapes, expansions), when something follows the quotes, and when its blanks, `#` or quotes would be taken
 * for something else.
 */
export function unquote({ quote, inner, rest }: QuotedValue): string | undefined {
  if (inner === undefined || !isBlankOrComment(rest) || inner.endsWith('\\')) return undefined
  if (quote === '"' && (/\\[$`"\\nr]/.test(inner) || /\$[\w{(@*#?$!'"-]/.test(inner))) return undefined
  const isPlain = inner === inner.trim() && !/^["'`#]|\s#|`|\$[({]|[\r\u2028\u2029]/.test(inner)
  return isPlain ? inner : undefined
}

function isBlankOrComment(rest: string): boolean {
  const text = rest.trimStart()
  return text === '' || (text.startsWith('#') && text.length < rest.length)
}

/** A value and the comment behind it. */
export interface CommentedValue {
  /** The value as it stands, with its quotes, without blanks around it. */
  readonly value: string
  /** From its `#` on. */
  readonly comment: string
}

/**
 * The comment behind a value as bash and dotenv see one: a `#` behind a blank, outside of quotes. Undefined when there
 * is none; a value that itself begins with `#`, like a list of IRC channels, has none either.
 */
export function readInlineComment(value: string): CommentedValue | undefined {
  const quoted = readQuotes(value)
  const start = quoted === undefined ? value.search(/\s#/) : commentBehind(value, quoted)
  if (start === -1) return undefined
  const found = { value: value.slice(0, start).trim(), comment: value.slice(start).trim() }
  return found.value.startsWith('#') ? undefined : found
}

function commentBehind(value: string, { inner, rest }: QuotedValue): number {
  const isComment = inner !== undefined && rest.trim() !== '' && isBlankOrComment(rest)
  return isComment ? value.length - rest.length : -1
}
