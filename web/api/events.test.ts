import { beforeEach, expect, test } from 'vitest'
import type { Operation, Status } from '../../contract/schemas.ts'
import { configLatestEtag } from '../state/config.ts'
import { envLatestEtag } from '../state/env.ts'
import { operations, runningOperation } from '../state/operations.ts'
import { status, usage } from '../state/status.ts'
import { applyEvent, eventsHello } from './events.ts'

const operation: Operation = {
  id: 'a',
  kind: 'setup',
  state: 'running',
  startedAt: '2026-01-01T00:00:00Z',
  startedBy: 'page',
  steps: [{ id: 'one', title: 'One', state: 'pending' }],
  output: [],
  changed: false,
}

function statusWith(cpuPercent: number | null, since = '2026-01-01T00:00:00Z'): Status {
  return {
    gateway: {
      state: cpuPercent === null ? 'stopped' : 'running',
      mode: 'container',
      startsAtBoot: false,
      healthy: cpuPercent !== null,
      since,
      ports: { address: '127.0.0.1', gateway: 18789, bridge: 18790 },
      url: 'http://127.0.0.1:18789/',
      containerName: 'razroom',
      ...(cpuPercent === null ? {} : { usage: { cpuPercent, memoryBytes: 1 } }),
    },
    image: null,
    restartRequired: false,
    restartReasons: [],
    warnings: [],
    goBack: [],
    isSetUp: true,
    user: { name: 'razroom', uid: 1, home: '/home/razroom' },
    panel: { version: '0' },
    operationId: null,
  }
}

beforeEach(() => {
  usage.value = []
  applyEvent({ type: 'snapshot', id: 'boot:1', status: statusWith(null), operations: [] }, 0)
})

test('a snapshot in the middle of an operation shows it again', () => {
  applyEvent({ type: 'snapshot', id: 'boot:2', status: statusWith(1), operations: [operation] }, 0)
  expect(runningOperation.value).toEqual(operation)
  expect(status.value?.gateway.state).toBe('running')
})

test('an operation from its start to its end', () => {
  const line = (text: string) => ({ stepId: 'one', stream: 'stdout' as const, text })
  applyEvent({ type: 'operation.started', id: 'boot:2', operation }, 0)
  applyEvent(
    {
      type: 'operation.step',
      id: 'boot:3',
      operationId: 'a',
      step: { id: 'one', title: 'One', state: 'running' },
    },
    0,
  )
  applyEvent({ type: 'operation.output', id: 'boot:4', operationId: 'a', lines: [line('x')] }, 0)
  applyEvent({ type: 'operation.output', id: 'boot:5', operationId: 'a', lines: [line('y'), line('z')] }, 0)
  expect(runningOperation.value?.steps).toEqual([{ id: 'one', title: 'One', state: 'running' }])
  expect(runningOperation.value?.output.map(({ text }) => text)).toEqual(['x', 'y', 'z'])
  applyEvent(
    {
      type: 'operation.finished',
      id: 'boot:6',
      operation: { ...operation, state: 'succeeded', output: [line('z')] },
    },
    0,
  )
  expect(runningOperation.value).toBeNull()
  expect(operations.value[0]).toMatchObject({ state: 'succeeded' })
  expect(operations.value[0]?.output).toHaveLength(3)
})

test('output is capped to its last lines', () => {
  applyEvent({ type: 'operation.started', id: 'boot:2', operation }, 0)
  const lines = Array.from({ length: 1_500 }, (_, index) => ({
    stepId: 'one',
    stream: 'stdout' as const,
    text: String(index),
  }))
  applyEvent({ type: 'operation.output', id: 'boot:3', operationId: 'a', lines }, 0)
  expect(operations.value[0]?.output).toHaveLength(1_000)
  expect(operations.value[0]?.output.at(-1)?.text).toBe('1499')
})

test('a new operation stands before the older ones', () => {
  applyEvent({ type: 'operation.started', id: 'boot:2', operation }, 0)
  applyEvent({ type: 'operation.started', id: 'boot:3', operation: { ...operation, id: 'b' } }, 0)
  expect(operations.value.map(({ id }) => id)).toEqual(['b', 'a'])
})

test('usage is kept for one run of the gateway only', () => {
  applyEvent({ type: 'status.changed', id: 'boot:2', status: statusWith(1) }, 1_000)
  applyEvent({ type: 'status.changed', id: 'boot:3', status: statusWith(2) }, 2_000)
  expect(usage.value.map(({ time, cpuPercent }) => [time, cpuPercent])).toEqual([
    [1_000, 1],
    [2_000, 2],
  ])
  applyEvent({ type: 'status.changed', id: 'boot:4', status: statusWith(3, '2026-01-02T00:00:00Z') }, 3_000)
  expect(usage.value.map(({ cpuPercent }) => cpuPercent)).toEqual([3])
})

test('the two files are told by their versions', () => {
  applyEvent({ type: 'env.changed', id: 'boot:2', etag: 'abc' }, 0)
  applyEvent({ type: 'config.changed', id: 'boot:3', etag: 'def' }, 0)
  expect(envLatestEtag.value).toBe('abc')
  expect(configLatestEtag.value).toBe('def')
})

test('a new connection resumes behind the last event', () => {
  applyEvent({ type: 'env.changed', id: 'boot:42', etag: 'abc' }, 0)
  expect(eventsHello('t')).toEqual({ type: 'hello', ticket: 't', since: 'boot:42' })
})
