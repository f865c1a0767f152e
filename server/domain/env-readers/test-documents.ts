/** Documents for the tests of the readers, made by chance or by hand. */
import fc from 'fast-check'

const encoder = new TextEncoder()

/** A piece is text, or bytes that are no UTF-8. */
type Piece = string | Uint8Array

function concat(pieces: readonly Piece[]): Uint8Array {
  return Uint8Array.from(
    pieces.flatMap((piece) => [...(typeof piece === 'string' ? encoder.encode(piece) : piece)]),
  )
}

const tame = fc.constantFrom<Piece[]>('x', 'y', 'x y', '1.5', 'a-b', 'url?a=1', 'é', '/etc:/usr', '')
const expansion = fc.constantFrom<Piece[]>(
  '$HOME',
  `\${HOME}`,
  '$A',
  `\${B}`,
  `\${NONE:-d}`,
  `\${NONE-d e}`,
  `\${HOME:+h}`,
  `\${NONE+n}`,
  '$GREETING',
  '$NONE',
  '$(echo x)',
  '`echo x`',
)
const sign = fc.constantFrom<Piece[]>(
  ...['#', ' # c', ' #c', '#c', '\\', '\\n', '\\\\', '\\"', "\\'", '\\$', '\\`', '\\t', '\\\n', '\\r', '\\x'],
  ...['$', '$$', `\${`, '}', '{', '{"k":"v"}', '!', '%', '*', '~', '~/x', ':~', '@', '^', '+', ':', '=', ','],
  ...['\t', ' ', '  ', '\r', '\v', '\f', '\u00a0', '\u0085', '\u2028', '\u3000', '\ufeff', '😀', '\0'],
)
const operator = fc.constantFrom<Piece[]>(
  '&',
  ';',
  '|',
  '<',
  '>',
  '(',
  ')',
  '&&',
  '||',
  '`',
  '"',
  "'",
  '&b=2',
)
const broken = fc.constantFrom<Piece[]>(
  Uint8Array.of(0xff),
  Uint8Array.of(0xe2, 0x82),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xef, 0xbf, 0xbe),
)

function sequence(arbitrary: fc.Arbitrary<Piece>, maxLength: number): fc.Arbitrary<Piece> {
  return fc.array(arbitrary, { maxLength }).map(concat)
}

const inner = fc.oneof(
  { weight: 6, arbitrary: tame },
  { weight: 3, arbitrary: expansion },
  { weight: 3, arbitrary: sign },
  { weight: 1, arbitrary: fc.constant<Piece>('\n') },
)
const quoted = fc
  .tuple(fc.constantFrom('"', "'", '"', "'", '`'), sequence(inner, 4))
  .map(([quote, text]) => concat([quote, text, quote]))
const ansiC = fc.constantFrom<Piece[]>("$'a\\nb'", "$'it\\'s'", "$'\\x41\\101\\u00e9'", '$"x"')
const value = sequence(
  fc.oneof(
    { weight: 12, arbitrary: tame },
    { weight: 6, arbitrary: quoted },
    { weight: 3, arbitrary: expansion },
    { weight: 4, arbitrary: sign },
    { weight: 1, arbitrary: operator },
    { weight: 1, arbitrary: ansiC },
    { weight: 1, arbitrary: fc.oneof({ weight: 1, arbitrary: broken }, { weight: 3, arbitrary: tame }) },
  ),
  3,
)
const key = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom<Piece[]>('A', 'B', 'C', 'KEY_1') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Piece[]>(
      'a-b',
      '1A',
      'a.b',
      'é',
      'A B',
      'A+',
      'A[0]',
      '',
      '__proto__',
      '"A"',
      'A\\',
    ),
  },
)
const assign = fc.oneof(
  { weight: 12, arbitrary: fc.constant('=') },
  { weight: 2, arbitrary: fc.constantFrom(' =', '= ', ' = ', ': ', ':', '\t=', '=\t', ':\t', '+=', '==') },
)
const before = fc.oneof(
  { weight: 10, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(' ', '\t', 'export ', 'export  ', '  export ', 'export\t', '\u00a0', 'x '),
  },
)
const after = fc.oneof(
  { weight: 10, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: fc.constantFrom(' ', '   ', '\t', ' # c', ' #', '#c', '\\', ' \\', ';', '&') },
)
const setting = fc.tuple(before, key, assign, value, after).map(concat)
const other = fc.constantFrom<Piece[]>(
  ...['', ' ', '# c', '  # A=1', "# it's", '# c \\', ';A=1', '; c', '#', '\t', '\r', '# \\\\', '#A=1\rB=2'],
  ...[
    'A',
    'GREETING',
    'export A',
    'GREET*',
    'A B',
    ' GREETING',
    'GREETING ',
    '!',
    'x',
    '=',
    '= x',
    '[s]',
    '---',
  ],
)
const noise = sequence(fc.oneof(tame, sign, operator, quoted, expansion), 5)
const line = fc.oneof(
  { weight: 12, arbitrary: setting },
  { weight: 3, arbitrary: other },
  { weight: 1, arbitrary: noise },
)

/** Documents of a few lines, of what people write and what they do not. */
export const anyDocument: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof({ weight: 20, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('\ufeff') }),
    fc.array(line, { maxLength: 5 }),
    fc.oneof({ weight: 5, arbitrary: fc.constant('\n') }, { weight: 1, arbitrary: fc.constant('\r\n') }),
    fc.boolean(),
  )
  .map(([start, lines, lineEnd, isEnded]) =>
    concat([
      start,
      ...lines.flatMap((text, index) => (index === 0 ? [text] : [lineEnd, text])),
      isEnded && lines.length > 0 ? lineEnd : '',
    ]),
  )

/** So many documents, the same ones each time for the same seed. */
export function sampleDocuments(count: number, seed: number): Uint8Array[] {
  return fc.sample(anyDocument, { numRuns: count, seed })
}
