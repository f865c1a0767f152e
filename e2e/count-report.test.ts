import { expect, test } from 'vitest'
import { countReport, failedTests } from './count-report.ts'

const tests = (...statuses: string[]) => statuses.map((status) => ({ status }))
const file = (status: string, ...statuses: string[]) => ({
  name: 'x.test.ts',
  status,
  assertionResults: tests(...statuses),
})

test('counts tests that passed and failed; a skipped one is neither', () => {
  const testResults = [file('passed', 'passed', 'passed', 'pending'), file('failed', 'passed', 'failed')]
  expect(countReport({ testResults }, 1)).toEqual({ passed: 3, failed: 1 })
})

test('counts a file that could not be run, though none of its tests failed', () => {
  const testResults = [file('passed', 'passed'), file('failed'), file('failed', 'passed')]
  expect(countReport({ testResults }, 1)).toEqual({ passed: 2, failed: 2 })
})

test('a run without any test is a failure', () => {
  expect(countReport({ testResults: [] }, 0)).toEqual({ passed: 0, failed: 1 })
  expect(countReport({ testResults: [file('passed', 'pending')] }, 0)).toEqual({ passed: 0, failed: 1 })
})

test('a run that failed outside of its tests is a failure', () => {
  expect(countReport({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1 })
})

test('a clean run is clean', () => {
  expect(countReport({ testResults: [file('passed', 'passed')] }, 0)).toEqual({ passed: 1, failed: 0 })
})

test('names what failed, by file and test, and how', () => {
  const stack = ['    at within (/x/node_modules/a.js:1:1)', '    at /x/e2e/y.test.ts:7:3']
  const failed = {
    status: 'failed',
    fullName: 'the panel answers',
    duration: 12.3,
    failureMessages: [['AssertionError: expected 0 to be 200', ...stack].join('\n')],
  }
  const testResults = [
    file('passed', 'passed'),
    file('failed', 'passed'),
    {
      name: 'y.test.ts',
      status: 'failed',
      assertionResults: [failed, { status: 'passed', fullName: 'runs' }],
    },
  ]
  expect(failedTests({ testResults })).toEqual([
    '  x.test.ts could not be run',
    '  y.test.ts: the panel answers',
    '    after 12 ms',
    '    AssertionError: expected 0 to be 200',
    '    at /x/e2e/y.test.ts:7:3',
  ])
})
