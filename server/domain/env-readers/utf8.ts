/** Bytes as text, for readers that do not take invalid UTF-8 as TextDecoder does. Imports nothing of Node. */

const LF = 0x0a

/** Lead bytes: the length of the sequence and the range of the byte after (RFC 3629, section 4). */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (lead < 0xc2 || lead > 0xf4) return 0
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  for (let step = 1; step < length; step += 1) {
    const byte = bytes[at + step] ?? 0
    const isFirst = step === 1
    if (byte < (isFirst ? low : 0x80) || byte > (isFirst ? high : 0xbf)) return 0
  }
  return length
}

/**
 * The bytes with each one that is not part of valid UTF-8 replaced by U+FFFD, as Go's encoding/json does; TextDecoder
 * would replace a cut sequence as a whole.
 */
export function replaceInvalidBytes(bytes: Uint8Array): Uint8Array {
  const result: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceAt(bytes, at)
    if (length === 0) result.push(0xef, 0xbf, 0xbd)
    else for (let step = 0; step < length; step += 1) result.push(bytes[at + step] ?? 0)
    at += Math.max(1, length)
  }
  return Uint8Array.from(result)
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The bytes as text; invalid UTF-8 replaced as TextDecoder does, a byte order mark kept. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** One character for each byte, so that nothing is lost and places in the text are places in the file. */
export function bytesAsText(bytes: Uint8Array): string {
  const parts: string[] = []
  // Spread into arguments, and there may be some 65,000 of them.
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  }
  return parts.join('')
}

/** The way back from `bytesAsText`, and then as UTF-8. */
export function decodeBytesAsText(text: string): string {
  return decodeUtf8(Uint8Array.from(text, (char) => char.charCodeAt(0)))
}

/** Whether systemd takes the text for valid UTF-8: it refuses noncharacters too. Source: its basic/utf8.c. */
export function isValidForSystemd(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceAt(bytes, at)
    if (length === 0) return false
    const code = length < 3 ? 0 : (decodeUtf8(bytes.subarray(at, at + length)).codePointAt(0) ?? 0)
    if ((code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe) return false
    at += length
  }
  return true
}

/** The number of the line, from 1, that a place is in. Linear when asked in rising order. */
export function lineCounter(bytes: Uint8Array | string): (place: number) => number {
  let line = 1
  let seen = 0
  return (place) => {
    if (place < seen) {
      line = 1
      seen = 0
    }
    for (; seen < place; seen += 1) {
      if ((typeof bytes === 'string' ? bytes.charCodeAt(seen) : bytes[seen]) === LF) line += 1
    }
    return line
  }
}
