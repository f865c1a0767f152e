import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { applyEnvEdits } from './env-edits.ts'
import { lineText, parseEnvFile, readEnv, renderEnvFile } from './env-file.ts'
import { anyEnvBytes } from './test-env-documents.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const file = (text: string) => parseEnvFile(bytes(text))
const text = (document: ReturnType<typeof parseEnvFile>) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(renderEnvFile(document))

test('a line of invalid UTF-8 stays as it is when another is edited', () => {
  const input = Uint8Array.from([...bytes('A=1\nB='), 0xff, 0xc3, 0x0a])
  const output = renderEnvFile(applyEnvEdits(parseEnvFile(input), [{ op: 'set', key: 'A', value: '2' }]))
  expect(output).toEqual(Uint8Array.from([...bytes('A=2\nB='), 0xff, 0xc3, 0x0a]))
})

test.each([
  ['keeps CRLF', 'A=1\r\nB=2\r\n', [{ op: 'set', key: 'A', value: 'x' }], 'A=x\r\nB=2\r\n'],
  ['keeps a missing last newline', 'A=1', [{ op: 'set', key: 'A', value: 'x' }], 'A=x'],
  ['appends after a last line without newline', 'A=1', [{ op: 'set', key: 'B', value: 'x' }], 'A=1\nB=x\n'],
  ['appends to nothing', '', [{ op: 'set', key: 'B', value: 'x' }], 'B=x\n'],
  ['changes the last of two', 'A=1\nA=2\n', [{ op: 'set', key: 'A', value: 'x' }], 'A=1\nA=x\n'],
  [
    'changes the one that is named',
    'A=1\nA=2\n',
    [{ op: 'set', key: 'A', value: 'x', line: 1 }],
    'A=x\nA=2\n',
  ],
  ['removes all of a key', 'A=1\n# A\nA=2\nB=1\n', [{ op: 'unset', key: 'A' }], '# A\nB=1\n'],
  ['unsets an odd key', 'export A=1\nB=1\n', [{ op: 'unset', key: 'export A' }], 'B=1\n'],
  ['unset of what is not there', 'B=1\n', [{ op: 'unset', key: 'A' }], 'B=1\n'],
  ['removes a line', 'A=1\n# c\nB=1\n', [{ op: 'remove', line: 2 }], 'A=1\nB=1\n'],
  [
    'counts lines as they were before',
    'A=1\nB=2\nC=3\n',
    [
      { op: 'remove', line: 1 },
      { op: 'set', key: 'C', value: 'x', line: 3 },
      { op: 'remove', line: 2 },
    ],
    'C=x\n',
  ],
  [
    'sets again what it has just unset, at the end',
    'A=1\nB=2',
    [
      { op: 'unset', key: 'A' },
      { op: 'set', key: 'A', value: 'x' },
      { op: 'set', key: 'A', value: 'y' },
    ],
    'B=2\nA=y\n',
  ],
] as const)('%s', (_name, before, edits, after) => {
  expect(text(applyEnvEdits(file(before), edits))).toBe(after)
})

test.each([
  ['no such line', [{ op: 'remove', line: 3 }], 'edits.0.line'],
  ['line 0', [{ op: 'remove', line: 0 }], 'edits.0.line'],
  ['another key there', [{ op: 'set', key: 'A', value: 'x', line: 2 }], 'edits.0.line'],
  ['not a name', [{ op: 'set', key: 'a-b', value: 'x' }], 'edits.0.key'],
  ['an assignment as a name', [{ op: 'set', key: 'A=1\nB', value: 'x' }], 'edits.0.key'],
  ['a newline', [{ op: 'set', key: 'A', value: 'x\ny' }], 'edits.0.value'],
  ['a carriage return', [{ op: 'set', key: 'A', value: 'x\r' }], 'edits.0.value'],
  ['NUL', [{ op: 'set', key: 'A', value: 'x\0' }], 'edits.0.value'],
  ['unset of nothing', [{ op: 'unset', key: '' }], 'edits.0.key'],
  [
    'one line twice',
    [
      { op: 'set', key: 'A', value: 'x', line: 1 },
      { op: 'remove', line: 1 },
    ],
    'edits.1.line',
  ],
] as const)('refused: %s', (_name, edits, path) => {
  const before = file('A=1\nB=2\n')
  try {
    applyEnvEdits(before, edits)
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    expect(error.code).toBe('REQUEST_INVALID')
    expect(error.fields?.map((field) => field.path)).toEqual([path])
  }
  expect(text(before)).toBe('A=1\nB=2\n')
})

test('a set touches its line and no other byte, and is read back', () => {
  const key = fc.constantFrom('A', 'B', 'RAZROOM_GATEWAY_TOKEN')
  const value = fc
    .string({ unit: 'grapheme' })
    .filter((word) => !/[\n\r\0]/.test(word) && word.isWellFormed())
  fc.assert(
    fc.property(anyEnvBytes, key, value, (input, name, word) => {
      const before = parseEnvFile(input)
      const after = applyEnvEdits(before, [{ op: 'set', key: name, value: word }])
      expect(readEnv(after).get(name)).toBe(word)
      const target = before.lines.findLastIndex((line) => line.key === name)
      const isOther = (_line: unknown, index: number) => index !== target
      const rest = before.lines.filter(isOther).map(lineText)
      expect(
        after.lines
          .filter((_line, index) => index !== (target === -1 ? before.lines.length : target))
          .map(lineText),
      ).toEqual(rest)
    }),
    { numRuns: 3_000 },
  )
})
