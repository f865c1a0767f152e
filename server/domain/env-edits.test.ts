import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { applyEnvEdits } from './env-edits.ts'
import { type EnvFile, parseEnvFile, readEnv, renderEnvFile } from './env-file.ts'
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
      const raws = (document: EnvFile, place: number) =>
        document.lines.toSpliced(place, 1).map(({ raw }) => raw)
      const rest = raws(before, target === -1 ? before.lines.length : target)
      // What is appended ends an unfinished last line first.
      const last = rest.at(-1)
      if (target === -1 && last !== undefined && last.at(-1) !== 0x0a)
        rest[rest.length - 1] = Uint8Array.from([...last, 0x0a])
      expect(raws(after, target === -1 ? before.lines.length : target)).toEqual(rest)
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  [
    'several mends of one line, in any order',
    'export A = "x" # c\n',
    ['env.quotes', 'env.blank-before-equals', 'env.inline-comment', 'env.export'].map(
      (finding) => ({ op: 'mend', line: 1, finding }) as const,
    ),
    '# c\nA=x\n',
  ],
  [
    'a mend that an earlier one made pointless',
    'TERM="x"\n',
    [
      { op: 'mend', line: 1, finding: 'env.panel-owned' },
      { op: 'mend', line: 1, finding: 'env.quotes' },
    ],
    '# TERM="x"\n',
  ],
  [
    'a later line that goes: the earlier one is no longer set again',
    'A=1\nA=2\n',
    [
      { op: 'remove', line: 2 },
      { op: 'mend', line: 1, finding: 'env.twice' },
    ],
    'A=1\n',
  ],
  [
    'two lines that were meant to be the same one',
    'GROK_API_KEY=1\nGROQ_APIKEY=2\n',
    [
      { op: 'mend', line: 1, finding: 'env.near-name' },
      { op: 'mend', line: 2, finding: 'env.near-name' },
    ],
    'GROQ_API_KEY=1\nGROQ_APIKEY=2\n',
  ],
  [
    'a variable that is set by its name after its line was mended',
    'export A=1\nB=2',
    [
      { op: 'mend', line: 1, finding: 'env.export' },
      { op: 'set', key: 'A', value: 'x' },
      { op: 'set', key: 'C', value: 'y' },
    ],
    'A=x\nB=2\nC=y\n',
  ],
  [
    'lines keep their numbers when a mend makes two of one',
    'A=x # c\nB="y"\n',
    [
      { op: 'mend', line: 1, finding: 'env.inline-comment' },
      { op: 'mend', line: 2, finding: 'env.quotes' },
    ],
    '# c\nA=x\nB=y\n',
  ],
  [
    'what is appended stands behind the lines of a mend',
    'A=x\rB=y',
    [
      { op: 'mend', line: 1, finding: 'env.carriage-return' },
      { op: 'set', key: 'C', value: 'z' },
    ],
    'A=x\nB=y\nC=z\n',
  ],
  [
    'a last line whose ending is a lone carriage return',
    'A=x # c\r',
    [{ op: 'mend', line: 1, finding: 'env.inline-comment' }],
    '# c\nA=x\r',
  ],
] as const)('mends: %s', (_name, before, edits, after) => {
  expect(text(applyEnvEdits(file(before), edits))).toBe(after)
})

test.each([
  ['no such line', [{ op: 'mend', line: 3, finding: 'env.quotes' }], 'REQUEST_INVALID', 'edits.0.line'],
  [
    'nothing of the kind',
    [{ op: 'mend', line: 2, finding: 'env.quotes' }],
    'ENV_FINDING_GONE',
    'edits.0.finding',
  ],
  [
    'no such finding',
    [{ op: 'mend', line: 1, finding: 'constructor' }],
    'ENV_FINDING_GONE',
    'edits.0.finding',
  ],
  [
    'a line that is set as well',
    [
      { op: 'mend', line: 1, finding: 'env.quotes' },
      { op: 'set', key: 'A', value: 'x', line: 1 },
    ],
    'REQUEST_INVALID',
    'edits.1.line',
  ],
  [
    'a line that is removed as well',
    [
      { op: 'remove', line: 1 },
      { op: 'mend', line: 1, finding: 'env.quotes' },
    ],
    'REQUEST_INVALID',
    'edits.1.line',
  ],
] as const)('no mend: %s', (_name, edits, code, path) => {
  try {
    applyEnvEdits(file('A="1"\nB=$(x)\n'), edits)
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    expect([error.code, error.fields?.map((field) => field.path)]).toEqual([code, [path]])
  }
})

test('a finding that has no mend is none to mend', () => {
  expect(() => applyEnvEdits(file('A=$(x)'), [{ op: 'mend', line: 1, finding: 'env.command' }])).toThrow(
    'edits.0.finding: line 1 has nothing to mend by env.command',
  )
})

test('a thousand mends of a file of 1 MiB take no long time', () => {
  const document = file('A="x"\n'.repeat(150_000))
  const edits = Array.from({ length: 1_000 }, (_, index) => ({
    op: 'mend' as const,
    line: index + 1,
    finding: 'env.twice',
  }))
  const begun = process.cpuUsage()
  const after = applyEnvEdits(document, [...edits, { op: 'unset', key: 'A' }])
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(3)
  expect(after.lines).toEqual([])
})
