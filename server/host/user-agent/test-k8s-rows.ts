/** Rows for tests: conmon's, and such as look like them. */
import fc from 'fast-check'

const time = fc.constantFrom(
  '2026-11-23T11:40:08.850000000+00:00',
  '2026',
  'x'.repeat(40),
  'x'.repeat(41),
  '',
)
const word = fc.constantFrom('stdout', 'stderr', 'stdou', 'stdouT', 'sstdout', 'stdoutP', '')
const tag = fc.constantFrom('P', 'F', 'T', 'P:x', 'F:', 'PP', ' P', '')
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(' stdout P', 'stderr P ', 'PPPPPPP', ' P '),
)

export const hostileRow = fc
  .tuple(time, word, tag, text)
  .map(([at, stream, mark, rest]) => `${at} ${stream} ${mark} ${rest}`)
