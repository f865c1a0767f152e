/**
 * The table of docs/facts/env-dialects.md as data: each row a file, and what each reader makes of it. A test holds the
 * readers to it, and on disposable machines the programs themselves.
 */
import type { ReaderName } from './reader-result.ts'

/** A reader's variables; or that it refuses the file; or that a value is not known (`?`). */
export type Cell = Readonly<Record<string, string>> | 'refused' | 'not-modelled'

export interface TableRow {
  /** As in the document. */
  readonly title: string
  readonly file: string | Uint8Array
  readonly cells: Readonly<Record<ReaderName, Cell>>
  /** Lines on which bash runs something. */
  readonly runs?: readonly number[]
}

/** What a row's `?` stands for: bash sets it, the file does not say to what. */
export const UNKNOWN = '?'

/** The variables of the host in the table. */
export const TABLE_HOST: ReadonlyMap<string, string> = new Map([
  ['HOME', '/home/tester'],
  ['GREETING', 'hello you'],
])

type Cells = readonly [bash: Cell, podman: Cell, systemd: Cell, dotenv: Cell, compose: Cell]

function row(title: string, file: string | Uint8Array, cells: Cells, runs: readonly number[] = []): TableRow {
  const [bash, podman, systemd, dotenv, compose] = cells
  return { title, file, cells: { bash, podman, systemd, dotenv, compose }, runs }
}

const a = (value: string): Cell => ({ A: value })
const NOTHING: Cell = {}
const long = `A=${'x'.repeat(65_534)}`

export const TABLE: readonly TableRow[] = [
  row('double quotes', 'A="x y"\n', [a('x y'), a('"x y"'), a('x y'), a('x y'), a('x y')]),
  row('single quotes', "A='x y'\n", [a('x y'), a("'x y'"), a('x y'), a('x y'), a('x y')]),
  row('two words', 'A=x y\n', [NOTHING, a('x y'), a('x y'), a('x y'), a('x y')], [1]),
  row('blanks at the end', 'A=x   \n', [a('x'), a('x   '), a('x'), a('x'), a('x')]),
  row('a blank after the sign', 'A= x\n', [NOTHING, a(' x'), a('x'), a('x'), a('x')], [1]),
  row('a blank before the sign', 'A =x\n', [NOTHING, { 'A ': 'x' }, a('x'), a('x'), a('x')], [1]),
  row('a comment behind', 'A=x # c\n', [a('x'), a('x # c'), a('x # c'), a('x'), a('x')]),
  row('a # within', 'A=x#y\n', [a('x#y'), a('x#y'), a('x#y'), a('x'), a('x#y')]),
  row('a comment behind quotes', 'A="x" # c\n', [a('x'), a('"x" # c'), a('x# c'), a('x'), a('x')]),
  row('a comment', '# c\n', [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING]),
  row('a semicolon', ';A=1\n', ['refused', { ';A': '1' }, NOTHING, NOTHING, 'refused']),
  row('$HOME', 'A=a$HOME\n', [a('a/home/tester'), a('a$HOME'), a('a$HOME'), a('a$HOME'), a('a/home/tester')]),
  row('$(...)', 'A=$(cmd)\n', [a(UNKNOWN), a('$(cmd)'), a('$(cmd)'), a('$(cmd)'), a('$(cmd)')], [1]),
  row('backticks', 'A=`cmd`\n', [a(UNKNOWN), a('`cmd`'), a('`cmd`'), a('cmd'), a('`cmd`')], [1]),
  row('a backslash and n in quotes', 'A="a\\nb"\n', [
    a('a\\nb'),
    a('"a\\nb"'),
    a('a\\nb'),
    a('a\nb'),
    a('a\nb'),
  ]),
  row('two backslashes', 'A=a\\\\b\n', [a('a\\b'), a('a\\\\b'), a('a\\b'), a('a\\\\b'), a('a\\\\b')]),
  row("'it'\\''s'", "A='it'\\''s'\n", [a("it's"), a("'it'\\''s'"), a("it''s'"), a("it'\\''s"), 'refused']),
  row("it's", "A=it's\n", ['refused', a("it's"), a("it's"), a("it's"), a("it's")]),
  row('JSON', 'A={"k":"v"}\n', [a('{k:v}'), a('{"k":"v"}'), a('{"k":"v"}'), a('{"k":"v"}'), a('{"k":"v"}')]),
  row('quotes over two lines', 'A="x\ny"\n', [a('x\ny'), a('"x'), a('x\ny'), a('x\ny'), a('x\ny')]),
  row('quotes that do not end', 'A="abc\nB=1\n', [
    'refused',
    { A: '"abc', B: '1' },
    a('abc\nB=1\n'),
    { A: '"abc', B: '1' },
    'refused',
  ]),
  row('export', 'export A=x\n', [a('x'), { 'export A': 'x' }, NOTHING, a('x'), a('x')]),
  row('CRLF', 'A=x\r\n', [a('x\r'), a('x'), a('x'), a('x'), a('x')]),
  row('a byte order mark', '\ufeffA=x\n', [NOTHING, { '\ufeffA': 'x' }, NOTHING, a('x'), a('x')], [1]),
  row('a key twice', 'A=1\nA=2\n', [a('2'), a('2'), a('2'), a('2'), a('2')]),
  row(
    'a bare name',
    'GREETING\n',
    [NOTHING, { GREETING: 'hello you' }, NOTHING, NOTHING, { GREETING: 'hello you' }],
    [1],
  ),
  row(
    'the beginning of names',
    'GREET*\n',
    [NOTHING, { GREETING: 'hello you' }, NOTHING, NOTHING, 'refused'],
    [1],
  ),
  row('a-b', 'a-b=1\n', [NOTHING, { 'a-b': '1' }, NOTHING, { 'a-b': '1' }, { 'a-b': '1' }], [1]),
  row('1A', '1A=1\n', [NOTHING, { '1A': '1' }, NOTHING, { '1A': '1' }, { '1A': '1' }], [1]),
  row('=x', '=x\n', [NOTHING, 'refused', NOTHING, NOTHING, { '': 'x' }], [1]),
  row('a colon', 'A: x\n', [NOTHING, NOTHING, NOTHING, a('x'), a('x')], [1]),
  row(
    'an &',
    'A=url?a=1&b=2\n',
    [{ b: '2' }, a('url?a=1&b=2'), a('url?a=1&b=2'), a('url?a=1&b=2'), a('url?a=1&b=2')],
    [1],
  ),
  row('invalid UTF-8', Uint8Array.of(0x41, 0x3d, 0xe2, 0x82, 0x0a), [
    a('\ufffd'),
    a('\ufffd\ufffd'),
    'refused',
    a('\ufffd'),
    a('\ufffd\ufffd'),
  ]),
  row('a NUL', 'A=a\0b\n', [a('ab'), a('a'), 'refused', a('a\0b'), a('a\0b')]),
  row('a line above 64 KiB', long, [
    a(long.slice(2)),
    'refused',
    a(long.slice(2)),
    a(long.slice(2)),
    a(long.slice(2)),
  ]),
]
