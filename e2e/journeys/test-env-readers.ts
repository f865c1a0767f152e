/**
 * The differential test: each of our readers of `.env` against the program that it speaks for. So it looks into the
 * house, which journeys else do not.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readAsBash } from '../../server/domain/env-readers/read-as-bash.ts'
import { readAsCompose } from '../../server/domain/env-readers/read-as-compose.ts'
import { readAsPodman } from '../../server/domain/env-readers/read-as-podman.ts'
import { readAsSystemd } from '../../server/domain/env-readers/read-as-systemd.ts'
import type { ReaderResult } from '../../server/domain/env-readers/reader-result.ts'
import { sampleDocuments } from '../../server/domain/env-readers/test-documents.ts'
import { FIXTURES } from '../../server/domain/env-readers/test-fixtures.ts'
import { SHELL_FIXTURES } from '../../server/domain/env-readers/test-shell-fixtures.ts'
import { TABLE } from '../../server/domain/env-readers/test-table.ts'
import { createHost, type HostKind, type TestHost } from '../host/host.ts'
import { type BashObservation, HOST_VARIABLES, type Observation, ReaderBench } from './env-reader-programs.ts'

const IS_FULL = process.env.RAZROOM_TEST_FULL === '1'
const SEED = 20_260_217
/** Each service of systemd costs some 20 ms, each bash 15, each refusal of compose 60. */
const COUNTS = IS_FULL ? { bash: 4000, systemd: 1500, compose: 2000, podman: 4000 } : undefined
const FEW = { bash: 350, systemd: 200, compose: 150, podman: 800 }
const TIMEOUT_MS = IS_FULL ? 1_800_000 : 600_000

/** Made anew by each start, or by the shell for itself. */
const PASSING =
  /^(?:_|SHLVL|PWD|INVOCATION_ID|SYSTEMD_EXEC_PID|JOURNAL_STREAM|MEMORY_PRESSURE_\w+|HOSTNAME|HOME)$/

const encode = (text: string | Uint8Array) =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text
/** The first is empty: what comes out for it comes out for all. */
const BY_HAND = [
  new Uint8Array(),
  ...[...TABLE.map(({ file }) => file), ...FIXTURES, ...SHELL_FIXTURES].map(encode),
]

function documentsFor(program: keyof typeof FEW): Uint8Array[] {
  return [...BY_HAND, ...sampleDocuments((COUNTS ?? FEW)[program], SEED)]
}

/** Where reader and program do not say the same of a file. */
function findDisagreements(
  expected: ReaderResult,
  seen: Observation,
  baseline: ReadonlyMap<string, string>,
): string[] {
  const { variables } = seen
  if (variables === undefined) return expected.ok ? [`refused: ${seen.complaint}`] : []
  const wrong = [...expected.variables].flatMap(([name, value]) =>
    variables.get(name) === value
      ? []
      : [`${name} is ${JSON.stringify(variables.get(name))}, not ${JSON.stringify(value)}`],
  )
  const unforeseen = [...variables].flatMap(([name, value]) => {
    const isOld = baseline.get(name) === value || PASSING.test(name)
    const isForeseen = expected.variables.has(name) || expected.unknown.has(name)
    return isOld || isForeseen ? [] : [`${name} is ${JSON.stringify(value)}, unforeseen`]
  })
  return [...wrong, ...unforeseen]
}

interface Report {
  readonly compared: number
  readonly notModelled: number
  readonly refused: number
  readonly disagreements: readonly string[]
}

function compare(
  documents: readonly Uint8Array[],
  expected: readonly ReaderResult[],
  seen: readonly Observation[],
  more: (expected: ReaderResult, seen: Observation) => string[],
): Report {
  const baseline = seen[0]?.variables
  if (baseline === undefined || seen.length !== documents.length)
    throw new Error('there is nothing to compare with')
  const report = { compared: 0, notModelled: 0, refused: 0, disagreements: [] as string[] }
  for (const [index, document] of documents.entries()) {
    const own = expected[index]
    const real = seen[index]
    if (own === undefined || real === undefined) throw new Error(`document ${index} was not read`)
    if (!own.ok && own.kind === 'not-modelled') {
      report.notModelled += 1
      continue
    }
    report.compared += 1
    if (!own.ok) report.refused += 1
    const problems = [...more(own, real), ...findDisagreements(own, real, baseline)]
    const text = JSON.stringify(new TextDecoder().decode(document).slice(0, 400))
    if (problems.length > 0) report.disagreements.push(`${text}: ${problems.join('; ')}`)
  }
  return report
}

/** A refusal of ours is one of the program, which then passes nothing on. */
function checkRefusal(expected: ReaderResult, seen: Observation): string[] {
  return !expected.ok && seen.variables !== undefined ? [`not refused, for ${expected.reason}`] : []
}

/** bash passes on what it had, so its refusal is in what it says; and it runs nothing that was not foretold. */
function checkBash(expected: ReaderResult, seen: Observation): string[] {
  const own = seen.complaint.split('\n').filter((line) => !line.includes('command substitution: '))
  const isRefused = own.some((line) => /syntax error|unexpected EOF|cannot execute binary file$/.test(line))
  const hasRun = own.some((line) => /: command not found$|: No such file or directory$/.test(line))
  return [
    ...(isRefused === expected.ok ? [`refused: ${isRefused}; ${seen.complaint}`] : []),
    ...(hasRun && expected.runs.length === 0 ? [`runs something: ${seen.complaint}`] : []),
  ]
}

function expectAgreement(report: Report): void {
  expect(report.disagreements).toEqual([])
  // A test that compares nothing, or never a refusal, would be none.
  expect(report.compared).toBeGreaterThan((report.compared + report.notModelled) * 0.75)
  expect(report.refused).toBeGreaterThan(3)
}

/** Gives each name of a file an ending of its own, so that many files can be read as one; podman reads by lines. */
function markNames(document: Uint8Array, mark: string): Uint8Array {
  const text = String.fromCharCode(...document)
  const marked = text.replace(/^([ \t]*[^#= \t\n][^=\n]*)=/gm, `$1${mark}=`)
  return Uint8Array.from(`${marked}\n`, (char) => char.charCodeAt(0))
}

function joinForPodman(documents: readonly Uint8Array[]): Uint8Array {
  const short = documents.filter((document) => document.length < 10_000)
  const marked = short.map((document, index) => markNames(document, `_${index}`))
  const readable = marked.filter((document) => readAsPodman(document).ok)
  return Uint8Array.from(readable.flatMap((document) => [...document]))
}

const FATAL = ['A=1\n=x\n', ' \t=x', `# c\nA=${'x'.repeat(65_534)}\nB=1`, `#${'x'.repeat(65_535)}`]
const BARELY_FINE =
  `A=${'x'.repeat(65_533)}\nB =1\nexport C=1\n;D=1\n\ufeffE=1\nF="x\nG: 1\nGREET*\n*x\nH\0=1\nI=1\0\n=`.slice(
    0,
    -1,
  )

export function compareEnvReaders(kind: Extract<HostKind, 'debian-13' | 'debian-12'>): void {
  let host: TestHost
  let bench: ReaderBench

  beforeAll(async () => {
    host = await createHost({ kind })
    bench = new ReaderBench(host)
  })
  afterAll(() => host.destroy())

  it('bash sources each file as our reader says', { timeout: TIMEOUT_MS }, async () => {
    const documents = documentsFor('bash')
    const seen: BashObservation[] = await bench.bash(documents)
    const expected = documents.map((document) => readAsBash(document, HOST_VARIABLES))
    expectAgreement(compare(documents, expected, seen, checkBash))
  })

  it('systemd takes each file as our reader says', { timeout: TIMEOUT_MS }, async () => {
    const documents = documentsFor('systemd')
    const version = kind === 'debian-13' ? 257 : 252
    expect((await host.run(['systemctl', '--version'])).stdout).toMatch(new RegExp(`^systemd ${version} `))
    const expected = documents.map((document) => readAsSystemd(document, { version }))
    expectAgreement(compare(documents, expected, await bench.systemd(documents), checkRefusal))
  })

  it('podman takes each line as our reader says', { timeout: TIMEOUT_MS }, async () => {
    const version = kind === 'debian-13' ? '5.4.2' : '4.3.1'
    expect((await host.run(['podman', '--version'])).stdout).toBe(`podman version ${version}`)
    await bench.preparePodman()
    const joined = joinForPodman(documentsFor('podman'))
    const documents = [new Uint8Array(), joined, encode(BARELY_FINE), ...FATAL.map(encode)]
    // HOME is the container's own.
    const env = new Map([...HOST_VARIABLES].filter(([name]) => name !== 'HOME'))
    const expected = documents.map((document) => readAsPodman(document, env))
    expect(expected[1]?.variables.size).toBeGreaterThan(500)
    const report = compare(documents, expected, await bench.podman(documents), checkRefusal)
    expectAgreement(report)
    expect(report.refused).toBe(FATAL.length)
  })

  // bookworm has only the old compose, in Python.
  if (kind !== 'debian-13') return
  it('compose takes each file as our reader says', { timeout: TIMEOUT_MS }, async () => {
    expect((await host.run(['docker-compose', 'version', '--short'])).stdout).toMatch(/^2\.26\.1/)
    const documents = documentsFor('compose')
    const expected = documents.map((document) => readAsCompose(document, HOST_VARIABLES))
    const seen = await bench.compose(documents, (index) => expected[index]?.ok === false)
    expectAgreement(compare(documents, expected, seen, checkRefusal))
  })
}
