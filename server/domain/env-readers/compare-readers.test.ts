import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareReaders, describeGroups } from './compare-readers.ts'
import { TABLE_HOST } from './test-table.ts'

const encode = (text: string) => new TextEncoder().encode(text)

test('readers that agree stand together, podman first', () => {
  const { variables } = compareReaders(encode('A="x y"\nB=ok\nC=x # c\nexport D=1\n'))
  expect(
    variables.map(({ name, lines, isSame, groups }) => [name, lines, isSame, describeGroups(groups)]),
  ).toEqual([
    ['A', [1], false, 'podman: “"x y"”; bash, systemd, dotenv, compose: “x y”'],
    ['B', [2], true, 'podman, bash, systemd, dotenv, compose: “ok”'],
    ['C', [3], false, 'podman, systemd: “x # c”; bash, dotenv, compose: “x”'],
    ['export D', [4], false, 'podman: “1”; bash, systemd, dotenv, compose: not set'],
    ['D', [4], false, 'podman, systemd: not set; bash, dotenv, compose: “1”'],
  ])
})

test('a reader that gives up says so for every name, each with its own reason', () => {
  const { readers, variables } = compareReaders(encode("A=1\nB=it's\n;C=1\n"))
  expect(variables[0] && describeGroups(variables[0].groups)).toBe(
    'podman, bash, systemd, dotenv: “1”; compose: the file is refused (a name has a character that compose does not take)',
  )
  expect(variables[1] && describeGroups(variables[1].groups)).toBe(
    "podman, systemd, dotenv: “it's”; bash: the file is refused (a single quote is not closed); " +
      'compose: the file is refused (a name has a character that compose does not take)',
  )
  expect(readers.flatMap(({ reader, stop }) => (stop ? [[reader, stop.kind, stop.line]] : []))).toEqual([
    ['bash', 'refused', 2],
    ['compose', 'refused', 3],
  ])
})

test('what bash would run, and what podman and compose would import', () => {
  const { readers, variables } = compareReaders(encode('A=$(id)\nGREETING\n'), { env: TABLE_HOST })
  expect(readers.map(({ reader, runs, imports }) => [reader, runs.length, imports.length])).toEqual([
    ['podman', 0, 1],
    ['bash', 2, 0],
    ['systemd', 0, 0],
    ['dotenv', 0, 0],
    ['compose', 0, 1],
  ])
  expect(variables.map(({ groups }) => describeGroups(groups))).toEqual([
    'podman, systemd, dotenv, compose: “$(id)”; bash: not known (it is what a command prints)',
    'podman, compose: “hello you”; bash, systemd, dotenv: not set',
  ])
})

test('without values nothing of the file but names is left, and the groups are the same', () => {
  const file = encode('TOKEN="canary"\nB=canary canary $(canary)\nC=canary # canary\ncanary\n')
  const bare = compareReaders(file, { values: false })
  expect(JSON.stringify(bare)).not.toContain('canary')
  const full = compareReaders(file)
  const readersOf = (comparison: typeof full) =>
    comparison.variables.map(({ groups }) => groups.map(({ readers }) => readers))
  expect(readersOf(bare)).toEqual(readersOf(full))
  expect(bare.variables[0] && describeGroups(bare.variables[0].groups)).toBe(
    'podman: a value; bash, systemd, dotenv, compose: a value',
  )
})

test('control characters are written out', () => {
  const { variables } = compareReaders(encode('A=a\tb\x7f\x1b\n'))
  expect(variables[0] && describeGroups(variables[0].groups)).toContain('“a\\tb\\u007f\\u001b”')
})

test('a value of the plain characters of docs/facts/env-dialects.md is the same to all', () => {
  const plain = 'ABCXYZabcxyz0123456789!%*+,-./:=?@[]^_{}~'.split('')
  const value = fc.string({ unit: fc.constantFrom(...plain), maxLength: 24 })
  const isMeant = (text: string) => !/(?:^|:)~/.test(text)
  fc.assert(
    fc.property(value.filter(isMeant), (text) => {
      const { variables } = compareReaders(encode(`A=${text}\n`))
      expect(variables.map(({ name, isSame }) => [name, isSame])).toEqual([['A', true]])
      expect(variables[0]?.groups[0]?.outcome).toEqual({ kind: 'value', value: text })
    }),
    { numRuns: 2000, seed: 20_260_217 },
  )
})
