/**
 * Colours of terminal text (SGR, ECMA-48 8.3.117) as segments with classes. All other control characters are dropped:
 * what a program logs is not trusted. 256 and true colours become the nearest of the 16 that the theme defines: those
 * stay readable on light and on dark, and need no style attribute.
 */
export interface Segment {
  readonly text: string
  /** Class names; empty for plain text. */
  readonly className: string
}

interface Style {
  foreground: number | null
  isBold: boolean
  isDim: boolean
}

/** CSI sequences (with their final byte), OSC and other strings up to their end, and two-character escapes. */
const ESCAPE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g
/** C0 but tab, DEL, C1, separators of lines, and what turns the direction of text around (UAX #9, 2). */
const HOSTILE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** The text as read, of whatever comes: no escapes, nothing invisible. */
export function plainText(text: string): string {
  return text.replace(ESCAPE, '').replace(HOSTILE, '')
}

const COLOUR = /\x1b\[[0-9;]*m/g

/** The same, quicker. @param text sanitised (server/domain/log-line.ts): colours are its only escapes */
export function withoutColours(text: string): string {
  return text.includes('\x1b') ? text.replaceAll(COLOUR, '') : text
}

/** Splits a line into runs of one look each. */
export function parseSgr(text: string): Segment[] {
  const segments: Segment[] = []
  const style: Style = { foreground: null, isBold: false, isDim: false }
  let start = 0
  const add = (end: number): void => {
    const run = text.slice(start, end).replace(HOSTILE, '')
    if (run !== '') segments.push({ text: run, className: classOf(style) })
  }
  for (const match of text.matchAll(ESCAPE)) {
    add(match.index)
    start = match.index + match[0].length
    if (match[2] === 'm') applySgr(style, match[1] ?? '')
  }
  add(text.length)
  return segments
}

function classOf({ foreground, isBold, isDim }: Style): string {
  const names = [
    foreground === null ? '' : `sgr-${foreground}`,
    isBold ? 'sgr-bold' : '',
    isDim ? 'sgr-dim' : '',
  ]
  return names.filter((name) => name !== '').join(' ')
}

function applySgr(style: Style, parameters: string): void {
  // Colons separate the parts of one colour (ITU-T T.416); most programs write semicolons there too.
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)))
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0
    if (code === 38 || code === 48) {
      const { colour, length } = readColour(codes, index + 1)
      if (code === 38 && colour !== null) style.foreground = colour
      index += length
    } else applyCode(style, code)
  }
}

function applyCode(style: Style, code: number): void {
  if (code === 0) {
    style.foreground = null
    style.isBold = false
    style.isDim = false
  } else if (code === 1) style.isBold = true
  else if (code === 2) style.isDim = true
  else if (code === 22) {
    style.isBold = false
    style.isDim = false
  } else if (code === 39) style.foreground = null
  else if (code >= 30 && code <= 37) style.foreground = code - 30
  else if (code >= 90 && code <= 97) style.foreground = code - 82
}

/** The colour behind a 38 or 48, and how many parameters it took. */
function readColour(codes: readonly number[], at: number): { colour: number | null; length: number } {
  if (codes[at] === 5) return { colour: nearestOf256(codes[at + 1] ?? 0), length: 2 }
  if (codes[at] === 2) {
    const [red = 0, green = 0, blue = 0] = codes.slice(at + 1, at + 4)
    return { colour: nearestOfRgb(red, green, blue), length: 4 }
  }
  return { colour: null, length: 0 }
}

/** xterm's palette: 16 named, a cube of 6 x 6 x 6, then 24 greys. */
function nearestOf256(index: number): number | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) return null
  if (index < 16) return index
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232)
    return nearestOfRgb(grey, grey, grey)
  }
  const level = (part: number): number => (part === 0 ? 0 : 55 + 40 * part)
  const cube = index - 16
  return nearestOfRgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

/** red, yellow, green, cyan, blue, magenta: each sixth of the circle of hues. */
const HUES = [1, 3, 2, 6, 4, 5] as const
const GREY_SPREAD = 40

function nearestOfRgb(red: number, green: number, blue: number): number {
  const high = Math.max(red, green, blue)
  const spread = high - Math.min(red, green, blue)
  if (spread < GREY_SPREAD) return high < 64 ? 0 : high < 150 ? 8 : high < 215 ? 7 : 15
  const sector =
    high === red
      ? (green - blue) / spread
      : high === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread
  const base = HUES[((Math.round(sector) % 6) + 6) % 6] ?? 7
  return high > 200 ? base + 8 : base
}
