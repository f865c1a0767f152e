/** Bytes of a program's output as lines of plain text. */
import { StringDecoder } from 'node:string_decoder'

/** Longer lines are cut, with an ellipsis. In characters. */
export const MAX_LINE_CHARACTERS = 8_192

/** ESC sequences (ECMA-48: CSI, OSC, DCS, both also as C1, and the two-character ones), cut off ones included. */
const ESCAPE_SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g
/** C0 and C1 but the tab, separators of lines, and the marks that reorder text (Unicode TR 9). */
const CONTROL_CHARACTERS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** The line without anything that a terminal or a page would act on. */
export function plainText(line: string): string {
  return line.replace(ESCAPE_SEQUENCES, '').replace(CONTROL_CHARACTERS, '')
}

export interface LineSplitter {
  push(bytes: Uint8Array): void
  /** Hands over what came after the last line end. */
  end(): void
}

/**
 * Splits output into lines at LF, CR LF or CR (progress lines come as CR), decodes UTF-8 across chunks, and never
 * holds more than one capped line.
 */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let held = ''
  let isCut = false

  const hold = (part: string): void => {
    if (isCut) return
    held += part
    if (held.length <= MAX_LINE_CHARACTERS) return
    held = `${held.slice(0, MAX_LINE_CHARACTERS)}…`
    isCut = true
  }
  const release = (): void => {
    const line = plainText(held)
    held = ''
    isCut = false
    if (line !== '') onLine(line)
  }
  const pushText = (text: string): void => {
    const parts = text.split(/\r\n|\n|\r/)
    parts.forEach((part, index) => {
      if (index > 0) release()
      hold(part)
    })
  }
  return {
    push: (bytes) => pushText(decoder.write(bytes as Buffer)),
    end() {
      pushText(decoder.end())
      release()
    },
  }
}
