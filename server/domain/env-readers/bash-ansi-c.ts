/** The escapes of `$'...'` (bash's manual, "ANSI-C Quoting"). Text is one character for each byte. */

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** @returns undefined for what is not worked out here: `\u`, `\c`, and a character of code 0, which would end it */
export function decodeAnsiC(text: string): string | undefined {
  let isKnown = true
  const decoded = text.replace(
    /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([\s\S]))/g,
    (whole, hex?: string, octal?: string, char?: string) => {
      const code = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16)
      if (code === 0 || /^[uUcx]$/.test(char ?? '')) isKnown = false
      if (char === undefined) return String.fromCharCode(code & 0xff)
      return SIMPLE[char] ?? whole
    },
  )
  return isKnown ? decoded : undefined
}
