const COLOUR = /(\x1b\[[0-9;:]{0,64}m)/
/** CSI sequences as in ECMA-48, 5.4: parameter, intermediate and final bytes. */
const CSI = /\x1b\[[0-?]*[ -/]*[@-~]/g
/** C0 but tab, DEL, C1, line separators and the marks that turn the reading direction (Unicode UAX #9). */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const LINE_ENDS = /[\r\n]+/g
const RESET = '\x1b[0m'

/** Slow and fast blinking, hidden text, and the fonts (ECMA-48, 8.3.117): what makes text other than what it says. */
const HIDING = new Set([5, 6, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
/** Of the parameters behind 38, 48 and 58, which begin a colour: so many belong to it by its kind. */
const COLOUR_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['5', 3],
  ['2', 5],
])

/** The sequence without what hides text; '' when nothing is left of it. */
function withoutHiding(colour: string): string {
  const parameters = colour.slice(2, -1).split(';')
  const kept: string[] = []
  for (let at = 0; at < parameters.length; ) {
    const one = parameters[at] ?? ''
    const isLong = one === '38' || one === '48' || one === '58'
    const length = isLong ? (COLOUR_LENGTHS.get(parameters[at + 1] ?? '') ?? 1) : 1
    if (!HIDING.has(Number(one.split(':')[0] || 0))) kept.push(...parameters.slice(at, at + length))
    at += length
  }
  return kept.length === 0 ? '' : `\x1b[${kept.join(';')}m`
}

/**
 * One line that is safe on a terminal: line breaks become blanks, other control characters go. Text from a build,
 * a log or a file may hold sequences that move the cursor or rename the window.
 * `keepColours` leaves SGR colours (ECMA-48, 8.3.117) in, closed at the end; not what blinks or hides.
 */
export function printable(text: string, keepColours = false): string {
  if (!keepColours) return withoutControls(text.replace(LINE_ENDS, ' '))
  return COLOUR.test(text) ? `${safeText(text)}${RESET}` : safeText(text)
}

/** The same with its colours, which are not closed: for a document. */
export function safeText(text: string): string {
  const parts = text.replace(LINE_ENDS, ' ').split(COLOUR)
  return parts.map((part, index) => (index % 2 === 1 ? withoutHiding(part) : withoutControls(part))).join('')
}

const withoutControls = (text: string): string => text.replace(CSI, '').replace(CONTROL, '')

/** A JSON document that cannot steer a terminal either: what JSON leaves raw of the above is escaped. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
