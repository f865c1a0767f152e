/** For tests: bytes of env files, generated. */
import fc from 'fast-check'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Bytes that look like an env file more often than chance would have it. */
export const anyEnvBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc
        .constantFrom(
          '\n',
          '\r\n',
          '\r',
          '\0',
          '=',
          '#',
          ' ',
          '\t',
          'A',
          'export A',
          'A=1',
          '"',
          "'",
          '\ufeff',
          '*',
          'é',
        )
        .map(bytes),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

/** Lines with everything that findings are about. */
export const anyEnvText = fc
  .array(
    fc.tuple(
      fc.constantFrom('', '', ' ', 'export ', '\ufeff', ';', '# ', '"'),
      fc.constantFrom(
        'A',
        'A',
        'B',
        'PATH',
        'TERM',
        'GROK_API_KEY',
        'GROQ_API_KEY',
        'OPENAI_API_KEY',
        'a-b',
        '',
      ),
      fc.constantFrom('=', '=', '=', ' = ', ': ', '', '*', '\0='),
      fc.constantFrom('', 'x', 'x y', '"x"', "'x y'", '"x', 'x"', '$(x)', '" x "', 'x\\', '"x\\"'),
      fc.constantFrom('', '', ' ', ' # c', ' # "c', '\rB=1', '\r', '\u2028PATH=1', '\0', '#'),
      fc.constantFrom('\n', '\n', '\r\n', ''),
    ),
    { maxLength: 8 },
  )
  .map((lines) => lines.map((parts) => parts.join('')).join(''))
