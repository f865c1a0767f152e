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
