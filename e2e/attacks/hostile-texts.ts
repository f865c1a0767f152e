/** What a program may print to be taken for more than text, for tests: by name, and what a person may still see of it. */

export interface HostileText {
  readonly text: string
  /** What is left in the page, colours aside. */
  readonly shown: string
}

const ESC = '\x1b'
const ST = `${ESC}\\`

export const HOSTILE_TEXTS: Readonly<Record<string, HostileText>> = {
  'a window title': { text: `a${ESC}]0;evil\x07b`, shown: 'ab' },
  'a window title, eight bits': { text: 'a\u009d2;evil\u009cb', shown: 'ab' },
  'the clipboard': { text: `a${ESC}]52;c;ZXZpbA==\x07b`, shown: 'ab' },
  'the clipboard, other end': { text: `a${ESC}]52;p;ZXZpbA==${ST}b`, shown: 'ab' },
  'a link': { text: `a${ESC}]8;;https://e.example/${ST}b${ESC}]8;;${ST}c`, shown: 'abc' },
  'a link that runs': { text: `a${ESC}]8;;javascript:alert(1)${ST}b${ESC}]8;;${ST}c`, shown: 'abc' },
  'a device control string': { text: `a${ESC}P1$r0m${ST}b`, shown: 'ab' },
  'a privacy message': { text: `a${ESC}^x${ST}b${ESC}_y${ST}c${ESC}Xz${ST}d`, shown: 'abcd' },
  'a cleared screen': { text: `a${ESC}[2J${ESC}[Hb${ESC}cc`, shown: 'abc' },
  'a moved cursor': { text: `a${ESC}[1A${ESC}[2Kb\rc\bd`, shown: 'abcd' },
  'eight-bit controls': { text: 'a\u009b2Jb\u0085c\u0084d', shown: 'abcd' },
  'an alternate screen': { text: `a${ESC}[?1049hb${ESC}[?25lc`, shown: 'abc' },
  'an answer asked for': { text: `a${ESC}[6nb${ESC}[cc${ESC}[21td`, shown: 'abcd' },
  'another character set': { text: `a${ESC}(0b\x0ec`, shown: 'abc' },
  'bells and zeros': { text: 'a\x07b\0c\x7fd\x05e', shown: 'abcde' },
  'text turned around': { text: 'a\u202eb\u2066c\u200fd\u061ce\u2067f\u202ag', shown: 'abcdefg' },
  'line separators': { text: 'a\u2028b\u2029c', shown: 'abc' },
  'hidden and blinking text': { text: `a${ESC}[8mb${ESC}[5mc${ESC}[0md`, shown: 'abcd' },
  'a progress bar': { text: '10 %\r20 %\r30 %', shown: '10 %20 %30 %' },
  'a flood of colours': { text: `a${`${ESC}[31m${ESC}[42m${ESC}[1m`.repeat(200)}b`, shown: 'ab' },
  'colours out of range': { text: `a${ESC}[38;5;999mb${ESC}[38;2;1;2mc`, shown: 'abc' },
  'a colour of a thousand parts': { text: `a${ESC}[${'1;'.repeat(1_000)}mb`, shown: 'ab' },
  markup: {
    text: '<img src=x onerror="window.evil=1"><script>window.evil=1</script><b>',
    shown: '<img src=x onerror="window.evil=1"><script>window.evil=1</script><b>',
  },
}

/** Code points that must come out nowhere: C0 but tab and line feed, DEL, C1, separators, and marks of direction. */
export const NEVER_SHOWN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
