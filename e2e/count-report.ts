/**
 * Counts a JSON report of vitest: prints "PASSED FAILED", and on stderr a line for each that failed. Usage:
 * count-report.ts REPORT EXIT-CODE-OF-VITEST. Exits 1, printing nothing, when there is no report.
 */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'

interface TestReport {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly assertionResults: ReadonlyArray<{ readonly status: string; readonly fullName?: string }>
  }>
}

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

/** @returns a line for each test that failed and each file that could not be run */
export function failedTests(report: TestReport): string[] {
  return report.testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0 && status === 'failed') return [`  ${relative('.', name)} could not be run`]
    return failed.map((test) => `  ${relative('.', name)}: ${test.fullName ?? 'a test without a name'}`)
  })
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
