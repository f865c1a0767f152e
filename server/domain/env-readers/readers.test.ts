import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAsBash } from './read-as-bash.ts'
import { readAsCompose } from './read-as-compose.ts'
import { readAsDotenv } from './read-as-dotenv.ts'
import { readAsPodman } from './read-as-podman.ts'
import { readAsSystemd } from './read-as-systemd.ts'
import { anyDocument } from './test-documents.ts'
import { FIXTURES } from './test-fixtures.ts'
import { SHELL_FIXTURES } from './test-shell-fixtures.ts'
import { TABLE_HOST } from './test-table.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const bash = (text: string) => readAsBash(encode(text), TABLE_HOST)
const compose = (text: string) => readAsCompose(encode(text), TABLE_HOST)
const READERS = [readAsPodman, readAsBash, readAsSystemd, readAsDotenv, readAsCompose]

test.each([
  ['A=x y\nB=1\n', ['1 command A=x y'], { B: '1' }],
  ['A=$(date) B=`id`\n', ['1 substitution $(date)', '1 substitution `id`'], {}],
  ['# c\nA=u?a=1&b=2&\n', ['2 background A=u?a=1', '2 background b=2'], {}],
  ['A=1 >x\n', ['1 redirect >x'], {}],
  ['A=1\nB=2 | c\nC=3\n', ['2 command c'], { A: '1', C: '3' }],
  ['export A=1 B="$A" C\n', [], { A: '1', B: '' }],
  ['A=1 B=$A;C=$B#\n', [], { A: '1', B: '1', C: '1#' }],
  ['A=1 || B=2\nC=1 && D=2\n', [], { A: '1', C: '1', D: '2' }],
  ['A=~:~/x B=$GREETING\n', [], { A: '/home/tester:/home/tester/x', B: 'hello you' }],
  ['A=1\nA+=2\n', [], { A: '12' }],
  ['A=1; B=$' + '{}; C=1\nD=1\n', [], { A: '1', D: '1' }],
])('bash runs and sets what is in %j', (text, runs, variables) => {
  const result = bash(text)
  expect(result.ok).toBe(true)
  expect(result.runs.map(({ line, kind, text: what }) => `${line} ${kind} ${what}`)).toEqual(runs)
  expect(Object.fromEntries(result.variables)).toEqual(variables)
})

test('what a command decides is not known, and says why', () => {
  const { variables, unknown } = bash('A=1\nx && A=2\nB=$A\nC=$(x)y\nD=$UID\nRANDOM=1\n')
  expect([...variables]).toEqual([])
  expect(Object.fromEntries(unknown)).toEqual({
    A: 'it depends on how a command ends',
    B: 'it depends on how a command ends',
    C: 'it is what a command prints',
    D: '$UID is a variable of the shell',
    RANDOM: 'the shell gives it a value of its own',
  })
})

test.each([
  ["A=1\n\nB=it's\n", 3, { A: '1' }],
  ['A=1\nB="x\ny\n', 2, { A: '1' }],
  ['A=1; B=2;; C=3\n', 1, {}],
  ['A=1\nB=<key>\n', 2, { A: '1' }],
  ['A=1\nB=$(x\n', 2, { A: '1' }],
])('bash stops at the mistake in %j and keeps what it had', (text, line, variables) => {
  const result = bash(text)
  expect(result).toMatchObject({ ok: false, kind: 'refused', line })
  expect(Object.fromEntries(result.variables)).toEqual(variables)
})

test.each([
  'if x; then A=1; fi',
  'A=(1 2)',
  'A[0]=1',
  'A=$((1+1))',
  'unset A',
  'readonly A=1',
  'exit',
  '. ./other',
  'UID=0',
  'f() { A=1; }',
  '{ A=1; }',
  '$(x) A=1',
  'cat <<E',
  'A=<(x)',
])('a program like %j is not worked out: nothing is said of any variable', (line) => {
  const result = bash(`Z=1\n${line}\n`)
  expect(result).toMatchObject({ ok: false, kind: 'not-modelled', line: 2 })
  expect([result.variables.size, result.unknown.size, result.lines.size]).toEqual([0, 0, 0])
})

test('before systemd 254 a backslash takes the next line into a comment', () => {
  const text = encode('# c \\\nA=1\nB=2\n')
  expect([...readAsSystemd(text, { version: 252 }).variables]).toEqual([['B', '2']])
  expect([...readAsSystemd(text).variables]).toEqual([
    ['A', '1'],
    ['B', '2'],
  ])
})

test('systemd refuses noncharacters, in values and names alone', () => {
  expect(readAsSystemd(encode('A=\ufdd0\n'))).toMatchObject({ ok: false, line: 1 })
  expect(readAsSystemd(encode('# \ufdd0\nA=\u{1f600}\n')).ok).toBe(true)
})

test.each([
  ['A=1\nHOME=/else\nB=$HOME$A', { A: '1', HOME: '/else', B: '/home/tester1' }],
  ["A='it\\'s'\nB=\"\\0101\\061\"", { A: "it's", B: 'A\\61' }],
  ['A=$$x\nB=\\$x', { A: '$x', B: '\\' }],
  ['GREETING\nA', { GREETING: 'hello you', '': 'A' }],
])('compose makes of %j what it made when it was measured', (text, variables) => {
  expect(Object.fromEntries(compose(text).variables)).toEqual(variables)
})

test.each([
  ['A=1\nA B=1', 2, 'a name has a blank in it'],
  ['A=1\nB="x', 2, 'a quoted value does not end'],
  ['A=$' + '{', 1, 'a “$” and “{” are not followed by a name and “}”'],
  ['A=$' + '{NONE:?}', 1, 'it demands a variable that is not there'],
])('compose refuses %j', (text, line, reason) => {
  expect(compose(text)).toMatchObject({ ok: false, kind: 'refused', line, reason })
})

test('podman imports by bare names, and the line that ends it is named', () => {
  const result = readAsPodman(encode('GREETING\nGREET*\n NONE\n'), TABLE_HOST)
  expect(result.imports).toEqual([
    { line: 1, name: 'GREETING' },
    { line: 2, name: 'GREET*' },
    { line: 3, name: 'NONE' },
  ])
  expect([...result.variables]).toEqual([['GREETING', 'hello you']])
  expect(readAsPodman(encode('A=1\n =x'))).toMatchObject({ ok: false, line: 2 })
  expect(readAsPodman(encode(`A=${'x'.repeat(65_533)}\n`)).ok).toBe(true)
  expect(readAsPodman(encode(`\n#${'x'.repeat(65_535)}`))).toMatchObject({ ok: false, line: 2 })
})

test('no reader throws, whatever the bytes; a refusal says where', () => {
  const bytes = fc.oneof(anyDocument, fc.uint8Array({ maxLength: 60 }))
  fc.assert(
    fc.property(bytes, (document) => {
      const lineCount = document.filter((byte) => byte === 0x0a).length + 1
      for (const read of READERS) {
        const result = read(document)
        const lines = [...result.lines.values(), ...(result.ok ? [] : [result.line])]
        expect(lines.every((line) => line >= 1 && line <= lineCount)).toBe(true)
        expect(
          [...result.variables.keys(), ...result.unknown.keys()].every((name) => result.lines.has(name)),
        ).toBe(true)
      }
    }),
    { numRuns: 3000, seed: 20_260_217 },
  )
})

test('the files made by hand are read without surprise', () => {
  for (const text of [...FIXTURES, ...SHELL_FIXTURES]) {
    for (const read of READERS) expect(() => read(encode(text))).not.toThrow()
  }
})

test('deep nesting and long files end, and soon', () => {
  const open = '$' + '{A:-'
  const hostile = [
    `A=${'$('.repeat(20_000)}`,
    `A=${open.repeat(20_000)}${'}'.repeat(20_000)}`,
    `A=${`${open}x}`.repeat(50_000)}`,
    `A=${open.repeat(100_000)}`,
    'A=1\n'.repeat(100_000),
    '\n'.repeat(500_000),
    `A="${'x\\"\n'.repeat(100_000)}`,
    '`'.repeat(200_001),
  ]
  const started = process.cpuUsage()
  for (const text of hostile) for (const read of READERS) read(encode(text))
  expect(process.cpuUsage(started).user).toBeLessThan(15_000_000)
}, 120_000)
