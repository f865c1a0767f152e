import { afterEach, expect, test } from 'vitest'
import type { PanelEvent } from '../../contract/events.ts'
import type { Operation } from '../../contract/schemas.ts'
import { NotFoundError } from '../errors.ts'
import { createClient } from './client.ts'
import type { OperationUpdate } from './follow-operation.ts'
import {
  startTestPanel,
  TEST_STATUS,
  type TestHandlers,
  type TestPanel,
  type TestSockets,
  testOperation,
  testStep,
} from './test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function start(handlers: TestHandlers, sockets: TestSockets): Promise<TestPanel> {
  const panel = await startTestPanel(handlers, sockets)
  panels.push(panel)
  return panel
}

/** Updates as short words: `user:done`, `> line`. */
function collect(): { words: string[]; onUpdate: (update: OperationUpdate) => void } {
  const words: string[] = []
  return {
    words,
    onUpdate: (update) => {
      if (update.type === 'step') words.push(`${update.step.id}:${update.step.state}`)
      else words.push(...update.lines.map(({ text }) => `> ${text}`))
    },
  }
}

const running = (more = {}) => testOperation({ state: 'running', steps: [], ...more })
const line = (text: string) => ({ stepId: 'image', stream: 'stdout' as const, text })
const snapshot = (operation: Operation, id = 'boot:1'): PanelEvent => ({
  type: 'snapshot',
  id,
  status: TEST_STATUS,
  operations: [operation],
})

test('tells each step and each line once and ends with the operation', async () => {
  const finished = testOperation({ steps: [testStep('image', 'done')], output: [line('one'), line('two')] })
  const panel = await start(
    {},
    {
      events: (_, hello, send) => {
        expect(hello.ticket).toBe('control')
        send(snapshot(running({ steps: [testStep('image', 'running')], output: [line('one')] })))
        send({ type: 'operation.output', id: 'boot:2', operationId: 'op-1', lines: [line('two')] })
        send({ type: 'operation.output', id: 'boot:3', operationId: 'another', lines: [line('no')] })
        send({
          type: 'operation.step',
          id: 'boot:4',
          operationId: 'op-1',
          step: testStep('image', 'done'),
        })
        send({ type: 'operation.finished', id: 'boot:5', operation: finished })
      },
    },
  )
  const { words, onUpdate } = collect()
  expect(await createClient(panel.socketPath).followOperation('op-1', onUpdate)).toEqual(finished)
  expect(words).toEqual(['image:running', '> one', '> two', 'image:done'])
})

test('goes on from the last event after the socket broke', async () => {
  const hellos: Array<string | undefined> = []
  const panel = await start(
    { 'GET /api/operations/:id': () => running() },
    {
      events: (socket, { since }, send) => {
        hellos.push(since)
        if (since === undefined) {
          send(snapshot(running({ steps: [testStep('image', 'running')] }), 'boot:7'))
          setTimeout(() => socket.terminate(), 20)
          return
        }
        send({ type: 'operation.output', id: 'boot:8', operationId: 'op-1', lines: [line('late')] })
        const steps = [testStep('image', 'done')]
        send({
          type: 'operation.finished',
          id: 'boot:9',
          operation: testOperation({ steps, output: [line('late')] }),
        })
      },
    },
  )
  const { words, onUpdate } = collect()
  expect(await createClient(panel.socketPath).followOperation('op-1', onUpdate)).toMatchObject({
    state: 'succeeded',
  })
  expect(hellos).toEqual([undefined, 'boot:7'])
  expect(words).toEqual(['image:running', '> late', 'image:done'])
})

test('finds in a fresh snapshot where it had stopped', async () => {
  let connections = 0
  const panel = await start(
    { 'GET /api/operations/:id': () => running() },
    {
      events: (socket, _, send) => {
        connections += 1
        const output = [line('a'), line('b'), line('a')]
        if (connections === 1) {
          send(snapshot(running({ output })))
          setTimeout(() => socket.terminate(), 20)
          return
        }
        // The backlog no longer covers `since`, and the oldest line has left the operation.
        const later = [line('b'), line('a'), line('c')]
        send(snapshot(testOperation({ steps: [], output: later }), 'boot:99'))
      },
    },
  )
  const { words, onUpdate } = collect()
  await createClient(panel.socketPath).followOperation('op-1', onUpdate)
  expect(words).toEqual(['> a', '> b', '> a', '> c'])
})

test('asks by request when the socket ends without the end', async () => {
  const finished = testOperation({ state: 'failed', changed: false })
  const panel = await start(
    { 'GET /api/operations/:id': () => finished },
    { events: (socket) => socket.close(1001) },
  )
  const { words, onUpdate } = collect()
  expect(await createClient(panel.socketPath).followOperation('op-1', onUpdate)).toEqual(finished)
  expect(words).toEqual(['user:done', 'image:unchanged'])
})

test('an operation the panel does not know is a problem', async () => {
  const panel = await start({}, { events: (socket) => socket.close(1001) })
  await expect(createClient(panel.socketPath).followOperation('op-1', () => {})).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('gives up when the panel stays away', async () => {
  const panel = await startTestPanel({}, {})
  const { socketPath } = panel
  await panel.close()
  const follow = createClient(socketPath).followOperation('op-1', () => {}, { longestSilenceMs: 300 })
  await expect(follow).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' })
})

test('does not wait when the panel speaks another version', async () => {
  const panel = await start(
    {},
    { events: (socket) => socket.send(JSON.stringify({ type: 'something.else', id: 'boot:1' })) },
  )
  const before = Date.now()
  await expect(createClient(panel.socketPath).followOperation('op-1', () => {})).rejects.toMatchObject({
    code: 'DAEMON_UNREACHABLE',
    detail: expect.stringContaining('an event of unknown form'),
  })
  // It waits half a minute for a panel that stays away.
  expect(Date.now() - before).toBeLessThan(15_000)
})

test('stops when told, and leaves the operation alone', async () => {
  const leaving = new AbortController()
  const panel = await start(
    {},
    {
      events: (_, __, send) => {
        send(snapshot(running()))
        setTimeout(() => leaving.abort(), 20)
      },
    },
  )
  const client = createClient(panel.socketPath)
  expect(await client.followOperation('op-1', () => {}, { signal: leaving.signal })).toBeNull()
  expect(panel.requests).toEqual([])
})

test('a panel that restarted and forgot the operation is a problem, not a wait', async () => {
  const panel = await start(
    {
      'GET /api/operations/:id': ({ url }) => {
        throw new NotFoundError('OPERATION_NOT_FOUND', { detail: url })
      },
    },
    { events: (_, __, send) => send(snapshot(running({ id: 'op-2' }))) },
  )
  await expect(createClient(panel.socketPath).followOperation('op-1', () => {})).rejects.toMatchObject({
    code: 'OPERATION_LOST',
  })
})
