import { expect, test } from 'vitest'
import { logsHello } from './logs.ts'

test('the first connection asks for a backlog, a later one for what came since', () => {
  expect(logsHello('t', 1_000, undefined)).toEqual({ type: 'hello', ticket: 't', backlog: 1_000 })
  expect(logsHello('t', 1_000, '42')).toEqual({ type: 'hello', ticket: 't', backlog: 0, after: '42' })
})
