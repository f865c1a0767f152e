const COLOUR = /(\x1b\[[0-9;:]{0,64}m)/
/** CSI sequences as in ECMA-48, 5.4: parameter, intermediate and final bytes. */
const CSI = /\x1b\[[0-?]*[ -/]*[@-~]/g
/** C0 but tab, DEL, C1, line separators and the marks that turn the reading direction (Unicode UAX #9). */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const RESET = '\x1b[0m'

/**
 * One line that is safe on a terminal: line breaks become blanks, other control characters go. Text from a build,
 * a log or a file may hold sequences that move the cursor or rename the window.
 * `keepColours` leaves SGR colours (ECMA-48, 8.3.117) in, closed at the end.
 */
export function printable(text: string, keepColours = false): string {
  const line = text.replace(/[\r\n]+/g, ' ')
  if (!keepColours) return line.replace(CSI, '').replace(CONTROL, '')
  const parts = line.split(COLOUR)
  if (parts.length === 1) return line.replace(CSI, '').replace(CONTROL, '')
  const kept = parts.map((part, index) =>
    index % 2 === 1 ? part : part.replace(CSI, '').replace(CONTROL, ''),
  )
  return `${kept.join('')}${RESET}`
}

/** A JSON document that cannot steer a terminal either: what JSON leaves raw of the above is escaped. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
