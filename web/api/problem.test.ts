import { expect, test } from 'vitest'
import { ApiProblem, fieldMessage, hasCode, problemFrom, toProblem, unreachableProblem } from './problem.ts'

const problem = {
  type: 'about:blank',
  title: 'The port is in use',
  status: 409,
  code: 'PORT_IN_USE',
  hint: 'Choose another port.',
}

test('a problem document comes through as it is', () => {
  expect(problemFrom(409, problem)).toBe(problem)
})

test.each([undefined, null, 'text', [], {}, { title: 'x', status: 'y', code: 'z', hint: 'h' }])(
  'an answer that is no problem document (%j) becomes one that names the status',
  (body) => {
    expect(problemFrom(502, body)).toMatchObject({
      status: 502,
      code: 'INTERNAL',
      detail: 'HTTP status 502',
    })
  },
)

test('any thrown value becomes a problem that says what it was', () => {
  expect(toProblem(new ApiProblem(problem))).toBe(problem)
  expect(toProblem(new TypeError('boom')).detail).toBe('TypeError: boom')
  expect(toProblem('boom').detail).toBe('boom')
})

test('codes are told apart', () => {
  expect(hasCode(new ApiProblem(problem), 'PORT_IN_USE')).toBe(true)
  expect(hasCode(new ApiProblem(unreachableProblem()), 'PORT_IN_USE')).toBe(false)
  expect(hasCode(new Error('PORT_IN_USE'), 'PORT_IN_USE')).toBe(false)
})

test('a field is found by the last part of its path', () => {
  const withFields = { ...problem, fields: [{ path: 'body.gatewayPort', message: 'is too small' }] }
  expect(fieldMessage(withFields, 'gatewayPort')).toBe('is too small')
  expect(fieldMessage(withFields, 'bridgePort')).toBeUndefined()
  expect(fieldMessage(null, 'gatewayPort')).toBeUndefined()
})
