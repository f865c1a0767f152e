/**
 * dotenv (the npm package), as the gateway reads `./.env` and `~/.razroom/.env`: one pattern, tried again and again
 * over the whole text. Measured with 17.3.1 and 18.0.10, which agree. Imports nothing of Node.
 */
import { type ReaderResult, ReadingDraft } from './reader-result.ts'
import { decodeUtf8, lineCounter } from './utf8.ts'

/** `=` may have blanks (also line ends) before it, `:` must have one after it. */
const NAME = String.raw`^[^\S\r\n\u2028\u2029]*(?:export\s+)?(?<name>[\w.-]+)(?:\s*=|:\s)`
/** In quotes, with backslashes that protect the quote when a later one ends it; the quotes still on. */
const QUOTED = ["'", '"', '`'].map((quote) => String.raw`\s*${quote}(?:\\${quote}|[^${quote}])*${quote}`)
const PATTERN = new RegExp(String.raw`${NAME}(?<value>${QUOTED.join('|')}|[^#\r\n]+)?\s*(?:#.*)?$`, 'gm')
/** Beyond it a value with line ends that only JavaScript knows is not looked into: the pattern could take long. */
const MAX_ODD_LENGTH = 4096
/** What stands between equal quotes, as long as can be; per line, for `$` knows U+2028 as a line end too. */
const BETWEEN_QUOTES = /^(?<quote>["'`])(?<inner>[\s\S]*)\k<quote>$/gm

/** Never refuses: what it does not understand it steps over. */
export function readAsDotenv(bytes: Uint8Array): ReaderResult {
  const draft = new ReadingDraft()
  // A lone CR stays for now, so that lines are counted as the other readers do; to the pattern it is a line end.
  const text = decodeUtf8(bytes).replaceAll('\r\n', '\n')
  const lineOf = lineCounter(text)
  for (const match of text.matchAll(PATTERN)) {
    const { name = '', value = '' } = match.groups ?? {}
    // dotenv collects into a plain object, which takes no text for its prototype.
    if (name === '__proto__') continue
    const place = match.index + match[0].search(/[^\s\ufeff]/)
    const text = value.replaceAll('\r', '\n').trim()
    if (text.length > MAX_ODD_LENGTH && /[\u2028\u2029]/.test(text)) {
      draft.setUnknown(name, 'it is long and has a line separator', lineOf(place))
    } else draft.set(name, unquote(text), lineOf(place))
  }
  return draft.finish()
}

function unquote(text: string): string {
  const inner = text.replace(BETWEEN_QUOTES, '$<inner>')
  return text.startsWith('"') ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner
}
