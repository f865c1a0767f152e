import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { LogChunk } from '../host/host.ts'
import { makeDoctorWorld } from '../operations/test-doctor-world.ts'
import type { PanelDeps } from '../routes/deps.ts'
import { logsSocket } from './logs-socket.ts'

/** A client of the socket, over a real connection, and how many chunks were asked for. */
async function open(chunks: (taken: () => void) => AsyncGenerator<LogChunk>) {
  const world = makeDoctorWorld()
  let taken = 0
  world.break({
    followLog: () =>
      chunks(() => {
        taken += 1
      }),
  })
  const deps = { host: world.options.host } as Partial<PanelDeps> as PanelDeps
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  const end = new AbortController()
  sockets.on('connection', (socket) => {
    const hello = { type: 'hello', ticket: 'a', backlog: 5 } as const
    void logsSocket(deps).serve(socket, hello, end.signal)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    end.abort()
    client.terminate()
    sockets.close()
    server.close()
  })
  return { client, taken: () => taken }
}

test('rows go as bytes, what is said between them as text', async () => {
  const rows = new Uint8Array([1, 2, 3])
  const { client } = await open(async function* () {
    yield { rows, live: false }
    yield { live: true, cursor: 'a.1' }
    yield { gap: 'lost', live: true }
    yield { rows, live: true }
  })
  const said: unknown[] = []
  for await (const [data, isBinary] of on(client)) {
    said.push(isBinary ? [...data] : JSON.parse(String(data)))
    if (said.length === 4) break
  }
  expect(said).toEqual([
    [1, 2, 3],
    { type: 'live', cursor: 'a.1' },
    { type: 'gap', reason: 'lost' },
    [1, 2, 3],
  ])
})

test('a client that stops reading pauses the source, and then gets every chunk', async () => {
  const count = 400
  const { client, taken } = await open(async function* (note) {
    for (let number = 0; number < count; number += 1) {
      note()
      yield { rows: new Uint8Array(65_536).fill(number % 256), live: true }
    }
  })
  await once(client, 'open')
  client.pause()
  let before = -1
  while (taken() !== before) {
    before = taken()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(taken()).toBeLessThan(20)
  client.resume()
  const first: number[] = []
  for await (const [data, isBinary] of on(client)) {
    if (isBinary) first.push(data[0] ?? -1)
    if (first.length === count) break
  }
  expect(first).toEqual(Array.from({ length: count }, (_, at) => at % 256))
})

async function* on(client: WebSocket): AsyncGenerator<readonly [Buffer, boolean]> {
  const came: (readonly [Buffer, boolean])[] = []
  let wake = (): void => undefined
  client.on('message', (data: Buffer, isBinary) => {
    came.push([data, isBinary])
    wake()
  })
  for (;;) {
    const one = came.shift()
    if (one) yield one
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
}
