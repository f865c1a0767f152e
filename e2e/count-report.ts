/**
 * Counts a JSON report of vitest: prints "PASSED FAILED", and on stderr each that failed, with how. Usage:
 * count-report.ts REPORT EXIT-CODE-OF-VITEST. Exits 1, printing nothing, when there is no report.
 */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'

interface TestReport {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly TestResult[]
  }>
}

interface TestResult {
  readonly status: string
  readonly fullName?: string
  /** Milliseconds. */
  readonly duration?: number
  /** Each with its stack. */
  readonly failureMessages?: readonly string[]
}

/** Enough of a message to know where to look; all of it stands where the test ran. */
const SHOWN_LINES = 8
const SHOWN_CHARACTERS = 200

/**
 * @param exitCode of vitest; not 0 although no test failed means that something failed outside of the tests
 * @returns tests that passed, and failures: tests, files that could not be run, and a run without any test
 */
export function countReport(report: TestReport, exitCode: number): { passed: number; failed: number } {
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const passed = tests.filter((test) => test.status === 'passed').length
  const failedTests = tests.filter((test) => test.status === 'failed').length
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = failedTests + brokenFiles
  const isUnexplained = failed === 0 && (exitCode !== 0 || passed === 0)
  return { passed, failed: isUnexplained ? 1 : failed }
}

/** @returns a line for each test that failed, followed by how it did, and one for each file that could not be run */
export function failedTests(report: TestReport): string[] {
  return report.testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0 && status === 'failed') return [`  ${relative('.', name)} could not be run`]
    return failed.flatMap((test) => [
      `  ${relative('.', name)}: ${test.fullName ?? 'a test without a name'}`,
      ...howItFailed(test),
    ])
  })
}

function howItFailed({ duration, failureMessages = [] }: TestResult): string[] {
  const after = duration === undefined ? [] : [`after ${Math.round(duration)} ms`]
  const lines = failureMessages.flatMap((message) => {
    const all = message.split('\n')
    const words = all.filter((line) => !/^\s+at /.test(line)).slice(0, SHOWN_LINES)
    const place = all.find((line) => /^\s+at .*\.test\.ts|^\s+at .*-journey\.ts/.test(line))
    return place === undefined ? words : [...words, place.trim()]
  })
  return [...after, ...lines].map((line) => `    ${line.slice(0, SHOWN_CHARACTERS)}`)
}

function main(path: string, exitCode: number): number {
  if (!existsSync(path)) return 1
  const report: TestReport = JSON.parse(readFileSync(path, 'utf8'))
  const { passed, failed } = countReport(report, exitCode)
  console.log(`${passed} ${failed}`)
  for (const line of failedTests(report)) console.error(line)
  return 0
}

const [, program = '', path = '', exitCode = '1'] = process.argv
if (pathToFileURL(program).href === import.meta.url) process.exitCode = main(path, Number(exitCode))
