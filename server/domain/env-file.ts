/**
 * `.env` as a lossless document: the same bytes come out whatever came in. Its
 * meaning is podman's (docs/facts/env-dialects.md; pkg/env of podman reads by lines, cuts nothing but blanks in
 * front, and knows neither quotes nor escapes). Imports nothing of Node: the page uses it too.
 */

export interface EnvLine {
  /** From 1. */
  readonly number: number
  /** The whole line with its line ending, byte for byte: a view of the bytes that were read. */
  readonly raw: Uint8Array
  /** `other`: neither of these, for example a bare key, or `=x`. */
  readonly kind: 'assignment' | 'comment' | 'blank' | 'other'
  /** Of an assignment, as podman takes it: `export A` and `A ` are keys to podman. */
  readonly key?: string
  /** Of an assignment, as the container sees it: cut at a NUL, invalid UTF-8 replaced. */
  readonly value?: string
}

export interface EnvFile {
  readonly lines: readonly EnvLine[]
}

export const LF = 0x0a
const CR = 0x0d
const MAX_SHORT_BYTES = 200
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads any bytes as lines that end in LF; the last one may lack it. */
export function parseEnvFile(bytes: Uint8Array): EnvFile {
  const lines: EnvLine[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(LF, start)
    const end = newline === -1 ? bytes.length : newline + 1
    lines.push(readLine(bytes.subarray(start, end), lines.length + 1))
    start = end
  }
  return { lines }
}

/** The bytes of the document: of an unedited one exactly those it was parsed from. */
export function renderEnvFile(file: EnvFile): Uint8Array {
  const bytes = new Uint8Array(file.lines.reduce((sum, line) => sum + line.raw.length, 0))
  let offset = 0
  for (const line of file.lines) {
    bytes.set(line.raw, offset)
    offset += line.raw.length
  }
  return bytes
}

/** The variables as podman passes them on; of a key that is set twice the last. Bare keys are not in it. */
export function readEnv(file: EnvFile): Map<string, string> {
  const env = new Map<string, string>()
  for (const { key, value } of file.lines) if (key !== undefined && value !== undefined) env.set(key, value)
  return env
}

/** True when the bytes are valid UTF-8 (RFC 3629), so that text carries them without loss. */
export function isUtf8(bytes: Uint8Array): boolean {
  if (isShortAscii(bytes)) return true
  try {
    strictDecoder.decode(bytes)
    return true
  } catch {
    // TextDecoder has no other way to say so.
    return false
  }
}

/** The line as text without its LF or CRLF; invalid UTF-8 replaced. */
export function lineText(line: EnvLine): string {
  return decode(line.raw.subarray(0, contentLength(line.raw)))
}

/** A decoder costs more than a short line: a file may have 100,000 of them. */
function decode(bytes: Uint8Array): string {
  return isShortAscii(bytes) ? String.fromCharCode(...bytes) : decoder.decode(bytes)
}

function isShortAscii(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_SHORT_BYTES) return false
  for (const byte of bytes) if (byte > 0x7f) return false
  return true
}

/** Length in bytes of the line without its ending. Only one CR goes with the LF, as in Go's bufio.ScanLines. */
export function contentLength(raw: Uint8Array): number {
  let end = raw.length
  if (raw[end - 1] === LF) end -= 1
  if (raw[end - 1] === CR) end -= 1
  return end
}

function readLine(raw: Uint8Array, number: number): EnvLine {
  const text = decode(raw.subarray(0, contentLength(raw))).replace(/^[ \t]+/, '')
  if (text === '') return { number, raw, kind: 'blank' }
  if (text.startsWith('#')) return { number, raw, kind: 'comment' }
  const equals = text.indexOf('=')
  const key = text.slice(0, Math.max(0, equals))
  // A key with a NUL never reaches the container: the entry is cut before its '='.
  if (key === '' || key.includes('\0')) return { number, raw, kind: 'other' }
  return { number, raw, kind: 'assignment', key, value: cutAtNul(text.slice(equals + 1)) }
}

function cutAtNul(value: string): string {
  const nul = value.indexOf('\0')
  return nul === -1 ? value : value.slice(0, nul)
}
