/**
 * One line of the container's log: podman's k8s-file grammar, and text that is safe to show. What a gateway logs may
 * come from anybody who talks to it. Imports nothing of Node: the page uses it too.
 */

export interface K8sLine {
  /** RFC 3339 with nanoseconds, as conmon writes it. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** The line goes on in the next row of the same stream. */
  readonly partial: boolean
  readonly text: string
}

const SPACE = 0x20
const STREAM_LENGTH = 6

/**
 * Reads a row `TIME STREAM TAG TEXT` of a k8s-file (the CRI log format: TAG is F for full, P for partial).
 * @param line without its newline
 * @returns null when it is not such a row
 */
export function parseK8sLine(line: string): K8sLine | null {
  const end = line.indexOf(' ')
  // 2006-01-02T15:04:05Z is the shortest time.
  if (end < 20 || end > 40 || line.charCodeAt(10) !== 0x54 || line.charCodeAt(4) !== 0x2d) return null
  const stream = line.slice(end + 1, end + 1 + STREAM_LENGTH)
  if (stream !== 'stdout' && stream !== 'stderr') return null
  const tagAt = end + 2 + STREAM_LENGTH
  const tag = line.charCodeAt(tagAt)
  const isPartial = tag === 0x50
  if (line.charCodeAt(tagAt - 1) !== SPACE || (!isPartial && tag !== 0x46)) return null
  const isEnded = tagAt + 1 === line.length
  if (!isEnded && line.charCodeAt(tagAt + 1) !== SPACE) return null
  return { time: line.slice(0, end), stream, partial: isPartial, text: line.slice(tagAt + 2) }
}

const ESC = 0x1b
const BEL = 0x07
const ST = 0x9c

// The first thing that can't stay as it stands, in one native search, since nearly every line passes it: C0 but tab,
// DEL, C1, the marks, embeddings, overrides and isolates of bidirectional text (UAX #9, 2), Unicode's line and
// paragraph separators, and each ESC that doesn't begin a colour of one harmless parameter.
const UNSAFE =
  /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\x1b(?!\[(?:[0-479]|2[1-479]|[34][0-79]|9[0-7]|10[0-7])m)/

function isUnsafe(code: number): boolean {
  if (code < 0x20) return code !== 0x09
  if (code < 0x7f) return false
  if (code < 0xa0) return true
  if (code < 0x2000) return code === 0x61c
  return (
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  )
}

/**
 * Takes out of a line whatever a terminal or browser could take for more than text. What stays is text, tabs, and
 * colours as `ESC[...m`. The content of control strings (titles, links, clipboard) goes with them; one that never ends
 * loses its beginning only, so that no line can hide the rest of itself.
 */
export function sanitizeLogText(text: string): string {
  const first = text.search(UNSAFE)
  if (first === -1) return text
  let result = text.slice(0, first)
  let plainFrom = first
  let at = first
  // The end of the last control string that was looked for in vain: no later one ends either.
  const seen = { endless: false }
  while (at < text.length) {
    if (!isUnsafe(text.charCodeAt(at))) {
      at += 1
      continue
    }
    result += text.slice(plainFrom, at)
    const sequence = readSequence(text, at, seen)
    result += sequence.kept
    at = sequence.end
    plainFrom = at
  }
  return result + text.slice(plainFrom)
}

interface Sequence {
  readonly end: number
  readonly kept: string
}

/** The control character or sequence that starts here (ECMA-48, 5.3 to 5.6), and what may stay of it. */
function readSequence(text: string, start: number, seen: { endless: boolean }): Sequence {
  const code = text.charCodeAt(start)
  const isEscaped = code === ESC
  // ESC with 0x40 to 0x5f is the seven-bit form of C1.
  const introducer = isEscaped ? text.charCodeAt(start + 1) + 0x40 : code
  const body = start + (isEscaped ? 2 : 1)
  if (introducer === 0x9b) return readCsi(text, body)
  const isString = introducer === 0x90 || introducer === 0x98 || (introducer >= 0x9d && introducer <= 0x9f)
  if (isString) return { end: seen.endless ? body : endOfString(text, body, seen), kept: '' }
  return { end: isEscaped ? endOfEscape(text, start + 1) : body, kept: '' }
}

function readCsi(text: string, body: number): Sequence {
  let end = body
  while (isBetween(text.charCodeAt(end), 0x30, 0x3f)) end += 1
  const parametersEnd = end
  while (isBetween(text.charCodeAt(end), 0x20, 0x2f)) end += 1
  const final = text.charCodeAt(end)
  // Cut off or malformed: what belongs to it goes, what follows is text again.
  if (!isBetween(final, 0x40, 0x7e)) return { end, kept: '' }
  const isColour = final === 0x6d && parametersEnd === end
  return { end: end + 1, kept: isColour ? allowedColour(text.slice(body, end)) : '' }
}

function endOfString(text: string, body: number, seen: { endless: boolean }): number {
  for (let at = body; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === BEL || code === ST) return at + 1
    // ESC \ ends it; any other ESC breaks it off and begins something of its own.
    if (code === ESC) return text.charCodeAt(at + 1) === 0x5c ? at + 2 : at
  }
  seen.endless = true
  return body
}

function endOfEscape(text: string, from: number): number {
  let end = from
  while (isBetween(text.charCodeAt(end), 0x20, 0x2f)) end += 1
  return isBetween(text.charCodeAt(end), 0x30, 0x7e) ? end + 1 : end
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high
}

/**
 * The SGR sequence with its harmless parameters: reset, weight, italic, underline, inverse, strike-through, and colours
 * of 16, 256 or 24 bit. Not: blinking, fonts, and 8, which hides text.
 */
function allowedColour(parameters: string): string {
  if (parameters === '' || parameters === '0') return '\x1b[0m'
  if (parameters.length > 64 || !/^[0-9;]*$/.test(parameters)) return ''
  const numbers = parameters.split(';').map(Number)
  const kept: number[] = []
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at] ?? 0
    if (number === 38 || number === 48) {
      const length = numbers[at + 1] === 5 ? 3 : numbers[at + 1] === 2 ? 5 : 0
      const colour = numbers.slice(at, at + length)
      if (length === 0 || colour.length < length || colour.some((part) => part > 255)) break
      kept.push(...colour)
      at += length - 1
    } else if (isAllowedAttribute(number)) kept.push(number)
  }
  return kept.length === 0 ? '' : `\x1b[${kept.join(';')}m`
}

function isAllowedAttribute(number: number): boolean {
  return (
    isBetween(number, 0, 4) ||
    number === 7 ||
    number === 9 ||
    isBetween(number, 21, 24) ||
    number === 27 ||
    number === 29 ||
    isBetween(number, 30, 37) ||
    number === 39 ||
    isBetween(number, 40, 47) ||
    number === 49 ||
    isBetween(number, 90, 97) ||
    isBetween(number, 100, 107)
  )
}

/** In a text of lines, where some are lost. @param reason as the stream and pages of the log say it */
export function describeGap(reason: string): string {
  return `-- Lines are missing here: ${reason}`
}

export interface CappedLine {
  readonly text: string
  readonly truncated: boolean
}

/**
 * Cuts a line to so many bytes of UTF-8, never inside a character or a colour of {@link sanitizeLogText}.
 * @param maxBytes at least 0
 */
export function capLine(text: string, maxBytes: number): CappedLine {
  // A code unit takes at most three bytes.
  if (text.length * 3 <= maxBytes) return { text, truncated: false }
  let bytes = 0
  let end = 0
  let cut = 0
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > maxBytes) return { text: text.slice(0, cut), truncated: true }
    end += code < 0x10000 ? 1 : 2
    if (code === ESC) end = skipColour(text, end)
    bytes += code === ESC ? end - cut - 1 : 0
    if (bytes > maxBytes) return { text: text.slice(0, cut), truncated: true }
    cut = end
  }
  return { text, truncated: false }
}

/** From behind an ESC to behind its `[...m`; where it is not such a sequence, no further. */
function skipColour(text: string, from: number): number {
  if (text.charCodeAt(from) !== 0x5b) return from
  let end = from + 1
  while (isBetween(text.charCodeAt(end), 0x30, 0x3b)) end += 1
  return text.charCodeAt(end) === 0x6d ? end + 1 : from
}
