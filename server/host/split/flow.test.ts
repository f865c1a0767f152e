import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import type { OutputChunk, Watch } from '../host.ts'
import { WINDOW_BYTES } from './flow.ts'
import { KIND } from './frames.ts'
import { RAZROOM, startHalves } from './test-halves.ts'
import { startRawFront } from './test-raw-front.ts'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const CHUNK = 65_536
/** What may be on its way beside the window: a chunk here and there. */
const SLACK = 6 * CHUNK

/** A stream without end that counts what was taken of it. */
function endless(): { stream: Readable; taken(): number } {
  let taken = 0
  const chunk = Buffer.alloc(CHUNK)
  const stream = new Readable({
    highWaterMark: CHUNK,
    read() {
      taken += CHUNK
      this.push(chunk)
    },
  })
  return { stream, taken: () => taken }
}

/** Waits until a figure does not change any more. */
async function settled(read: () => number): Promise<number> {
  let last = -1
  await vi.waitFor(
    async () => {
      const before = read()
      await wait(50)
      last = read()
      expect(last).toBe(before)
    },
    { timeout: 10_000, interval: 1 },
  )
  return last
}

test('a stalled reader stops the producer, and stalls nobody else', async () => {
  const source = endless()
  let items = 0
  const { front } = await startHalves({
    openBackup: async () => ({ stream: source.stream, sizeBytes: 0 }),
    async *watchContainers() {
      for (;;) {
        items += 1
        yield { name: 'a'.repeat(10_000), status: 'start', time: '' }
      }
    },
    readMemory: async () => ({ availableBytes: 1, swapFreeBytes: 1 }),
  })
  const { stream } = await front.openBackup('a.tar.zst')
  const events = front.watchContainers(RAZROOM, new AbortController().signal)[Symbol.asyncIterator]()
  await events.next()
  expect(await settled(source.taken)).toBeLessThan(WINDOW_BYTES + SLACK)
  expect((await settled(() => items)) * 10_000).toBeLessThan(WINDOW_BYTES + SLACK)
  expect(await front.readMemory()).toMatchObject({ availableBytes: 1 })
  // Taken up again it goes on from where it was, for as long as somebody takes.
  let read = 0
  for await (const chunk of stream) {
    read += (chunk as Buffer).length
    if (read > 20 * WINDOW_BYTES) break
  }
  for (let taken = 0; taken < 200; taken++) await events.next()
  await vi.waitFor(() => expect(source.stream.destroyed).toBe(true))
  await events.return?.()
})

test('an upload waits for the disk', async () => {
  const source = endless()
  const { front, sockets } = await startHalves({ saveUpload: () => new Promise(() => undefined) })
  const upload = front.saveUpload(source.stream, null)
  expect(await settled(source.taken)).toBeLessThan(WINDOW_BYTES + SLACK)
  sockets.root.destroy()
  await expect(upload).rejects.toMatchObject({ code: 'PANEL_RESTARTING' })
  expect(source.stream.destroyed).toBe(true)
})

test('lines that nobody takes are counted and left out; the last ones before the end come', async () => {
  const done = Promise.withResolvers<void>()
  let watch: Watch | undefined
  const front = await startRawFront({
    async runContainer(_user, _args, watched) {
      watch = watched
      await done.promise
      return { id: 'x' }
    },
  })
  front.hello()
  front.call('runContainer', 1, ['razroom', []], { lines: true })
  const begun = await vi.waitUntil(() => watch)
  for (let number = 0; number < 20_000; number++) begun.onLine?.({ stream: 'stdout', text: 'y'.repeat(99) })
  done.resolve()
  await front.answer(1)
  const lines = front.seen.filter(({ kind }) => kind === KIND.line)
  const left = /\((\d+) lines are left out here/.exec(lines.at(-1)?.payload.toString() ?? '')?.[1]
  expect(lines.length - 1 + Number(left)).toBe(20_000)
  expect(lines.length * 100).toBeLessThan(2 * WINDOW_BYTES + SLACK)
})

test('lines that were waiting come when they are taken', async () => {
  const done = Promise.withResolvers<void>()
  let watch: Watch | undefined
  const { front } = await startHalves({
    async runContainer(_user, _args, watched) {
      watch = watched
      for (let number = 0; number < 4_500; number++)
        watched?.onLine?.({ stream: 'stdout', text: `${number} ${'y'.repeat(99)}` })
      await done.promise
      return { id: 'x' }
    },
  })
  const lines: OutputChunk[] = []
  const running = front.runContainer(RAZROOM, [], { onLine: (line) => lines.push(line) })
  await vi.waitFor(() => expect(lines).toHaveLength(4_500))
  watch?.onLine?.({ stream: 'stderr', text: 'last' })
  await vi.waitFor(() => expect(lines.at(-1)).toEqual({ stream: 'stderr', text: 'last' }))
  done.resolve()
  await running
})

test('a terminal whose output nobody takes is paused, and goes on when somebody does', async () => {
  const paused: boolean[] = []
  let print: (bytes: Buffer) => void = () => undefined
  const front = await startRawFront({
    async openTerminal(_user, _request, onOutput) {
      print = onOutput
      return {
        write: () => undefined,
        resize: () => undefined,
        setPaused: (isPaused) => void paused.push(isPaused),
        end: () => undefined,
        ended: new Promise(() => undefined),
      }
    },
  })
  front.hello()
  front.call('openTerminal', 1, ['razroom', { args: [], cleanUpArgs: [], cols: 80, rows: 24 }])
  await front.answer(1)
  for (let printed = 0; printed <= WINDOW_BYTES; printed += CHUNK) print(Buffer.alloc(CHUNK))
  expect(paused).toEqual([true])
  front.grant(1, WINDOW_BYTES)
  await vi.waitFor(() => expect(paused).toEqual([true, false]))
})

test('a front that never reads is ended before it fills the memory', async () => {
  const file = { bytes: new Uint8Array(1_000_000), etag: '', mode: 0, uid: 0 }
  let calls = 0
  const front = await startRawFront({
    async readUserFile() {
      calls += 1
      return file
    },
  })
  front.hello()
  front.socket.pause()
  const before = process.memoryUsage().rss
  const flood = async () => {
    for (let id = 1; id < 10_000 && !front.socket.destroyed; id++) {
      front.call('readUserFile', id, ['razroom', '/a', 1_000_000])
      if (front.socket.writableLength > 1_000_000)
        await Promise.race([once(front.socket, 'drain'), front.closed])
    }
  }
  // Whether it is ended or only not read from any more: what it asks for is not done.
  void flood().catch(() => undefined)
  await front.closed
  expect(calls).toBeLessThanOrEqual(256)
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
})

test('a front that does not read for a while is not read from meanwhile, and loses nothing', async () => {
  const ASKED = 350
  let calls = 0
  const front = await startRawFront({
    async writeUserFile() {
      calls += 1
      return { etag: 'x'.repeat(200_000) }
    },
  })
  front.hello()
  await front.answer(0, KIND.hello)
  front.socket.pause()
  const bytes = new Uint8Array(60_000)
  const flood = (async () => {
    for (let id = 1; id <= ASKED && !front.socket.destroyed; id++) {
      front.call('writeUserFile', id, ['razroom', { path: '/a', bytes, mode: 0o600 }])
      if (front.socket.writableLength > 1_000_000)
        await Promise.race([once(front.socket, 'drain'), front.closed])
    }
  })()
  let before = -1
  const isStill = () => {
    const isSame = calls > 0 && calls === before
    before = calls
    return isSame
  }
  await vi.waitUntil(isStill, { timeout: 15_000, interval: 200 })
  // Some MB in its place, and not the 64 that end the connection.
  expect(calls).toBeLessThan(100)
  expect(front.socket.destroyed).toBe(false)
  front.socket.resume()
  await flood
  for (const id of [1, ASKED / 2, ASKED]) expect(await front.answer(id)).toHaveProperty('etag')
  expect(calls).toBe(ASKED)
})

test('of ten thousand streams few are opened, and the connection lives', async () => {
  let open = 0
  const front = await startRawFront({
    async *watchContainers(_user, signal) {
      open += 1
      yield { name: 'a', status: 'start', time: '' }
      await once(signal, 'abort')
      open -= 1
    },
    readMemory: async () => ({ availableBytes: 1, swapFreeBytes: 1 }),
  })
  front.hello()
  for (let id = 1; id <= 10_000; id++) front.call('watchContainers', id, ['razroom'])
  expect(await front.answer(10_000, KIND.error)).toMatchObject({ code: 'SERVER_BUSY' })
  await vi.waitFor(() => expect(open).toBe(256))
  for (let id = 1; id <= 10; id++) front.send(KIND.cancel, id)
  await front.answer(10, KIND.end).catch(() => undefined)
  front.call('readMemory', 20_000, [])
  expect(await front.answer(20_000)).toMatchObject({ availableBytes: 1 })
  front.socket.destroy()
  await front.closed
  expect(open).toBe(0)
})
