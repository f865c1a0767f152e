/** What comes and goes in parts: lines, items, bytes. */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { ConflictError, InputError } from '../../errors.ts'
import { createRedactor } from '../../redact.ts'
import type { LogChunk, OutputChunk, Watch } from '../host.ts'
import { RAZROOM, startHalves } from './test-halves.ts'

test('a cancelled call throws the reason of its signal, and the machine sees it', async () => {
  const { front } = await startHalves({
    async pullImage(_user, _reference, watch) {
      watch?.onLine?.({ stream: 'stdout', text: 'pulling' })
      await untilAborted(watch)
      throw new ConflictError('OPERATION_CANCELLED')
    },
    async loadArchive(_user, _path, _tag, watch) {
      await untilAborted(watch)
      throw watch?.signal?.reason
    },
  })
  const lines: OutputChunk[] = []
  const cancel = new AbortController()
  const onLine = (line: OutputChunk) => {
    lines.push(line)
    cancel.abort()
  }
  await expect(front.pullImage(RAZROOM, 'a', { signal: cancel.signal, onLine })).rejects.toMatchObject({
    code: 'OPERATION_CANCELLED',
  })
  expect(lines).toEqual([{ stream: 'stdout', text: 'pulling' }])
  const { signal } = cancel
  await expect(front.loadArchive(RAZROOM, '/open/a', 'a', { signal })).rejects.toBe(signal.reason)
})

test('lines come in order, masked, before the result', async () => {
  const { front } = await startHalves(
    {
      async runContainer(_user, _args, watch) {
        for (let number = 0; number < 5_000; number++) {
          watch?.onLine?.({ stream: number % 2 ? 'stderr' : 'stdout', text: `${number} sesame-sesame ü` })
          if (number % 100 === 0) await turn()
        }
        return { id: 'x' }
      },
    },
    { redact: createRedactor(() => ['sesame-sesame']) },
  )
  const lines: OutputChunk[] = []
  expect(await front.runContainer(RAZROOM, [], { onLine: (line) => lines.push(line) })).toEqual({ id: 'x' })
  expect(lines).toHaveLength(5_000)
  expect(lines[4_999]).toEqual({ stream: 'stderr', text: '4999 *** ü' })
})

test('a sequence comes item by item, and ends with its signal', async () => {
  let isEnded = false
  const chunk = (number: number): LogChunk => ({
    rows: new TextEncoder().encode(`line ${number}\n`),
    live: number > 0,
    ...(number === 1 ? { gap: 'rotated' } : {}),
  })
  const { front } = await startHalves({
    async *followLog(_user, _request, signal) {
      try {
        yield chunk(0)
        yield { live: true }
        yield chunk(1)
        await once(signal, 'abort')
      } finally {
        isEnded = true
      }
    },
    async *watchUserFiles(_user, paths) {
      yield* paths
    },
    async *watchContainers() {
      yield { name: 'a', status: 'start', time: 't' }
      throw new ConflictError('GATEWAY_NOT_RUNNING')
    },
  })
  const cancel = new AbortController()
  const chunks: LogChunk[] = []
  for await (const one of front.followLog(
    RAZROOM,
    { path: '/home/razroom/log', backlog: 1 },
    cancel.signal,
  )) {
    chunks.push(one)
    if (chunks.length === 3) cancel.abort()
  }
  expect(chunks).toEqual([chunk(0), { live: true }, chunk(1)])
  await vi.waitFor(() => expect(isEnded).toBe(true))

  const { signal } = new AbortController()
  const paths: string[] = []
  for await (const path of front.watchUserFiles(RAZROOM, ['/a', '/b'], signal)) paths.push(path)
  expect(paths).toEqual(['/a', '/b'])

  const events = front.watchContainers(RAZROOM, signal)[Symbol.asyncIterator]()
  expect(await events.next()).toMatchObject({ value: { name: 'a' } })
  await expect(events.next()).rejects.toMatchObject({ code: 'GATEWAY_NOT_RUNNING' })
})

test('rows of the log cross as the bytes they are', async () => {
  // Two of a size that a frame between the halves does not take.
  const sent = [1, 300_000, 262_144, 20].map((length) => Uint8Array.from({ length }, (_, at) => at % 256))
  const { front } = await startHalves({
    async *followLog() {
      for (const rows of sent) yield { rows, live: true }
      yield { gap: 'cut', live: true }
    },
  })
  const request = { path: '/home/razroom/log', backlog: 1 }
  const chunks: LogChunk[] = []
  for await (const one of front.followLog(RAZROOM, request, new AbortController().signal)) chunks.push(one)
  expect(chunks).toEqual([...sent.map((rows) => ({ rows, live: true })), { gap: 'cut', live: true }])
})

test('rows of many sizes are what they were until the next are asked for, whoever is slow', async () => {
  const sizes = [1, 500, 4_095, 5_000, 9_000, 17_000, 70_000, 131_093, 196_629, 262_000, 300_000]
  const count = 300
  const { front } = await startHalves({
    async *followLog() {
      // The machine uses its memory again, as the reader of the file does.
      const memory = Buffer.alloc(300_000)
      for (let at = 0; at < count; at += 1)
        yield { rows: memory.subarray(0, sizes[at % sizes.length]).fill(at % 251), live: at > 20 }
    },
  })
  const request = { path: '/home/razroom/log', backlog: 1 }
  const read = async (everyTurns: number): Promise<void> => {
    let at = 0
    for await (const { rows, live } of front.followLog(RAZROOM, request, new AbortController().signal)) {
      for (let turns = 0; turns < at % everyTurns; turns += 1) await turn()
      expect([rows?.length, live]).toEqual([sizes[at % sizes.length], at > 20])
      expect(rows?.every((byte) => byte === at % 251)).toBe(true)
      at += 1
    }
    expect(at).toBe(count)
  }
  await Promise.all([read(1), read(3), read(7)])
})

test('bytes go out and come in', async () => {
  const content = Buffer.alloc(5_000_000, 'abcdefg')
  const { front } = await startHalves({
    openBackup: async () => ({ stream: Readable.from(cut(content, 700_000)), sizeBytes: content.length }),
    async saveUpload(stream, expected) {
      return { path: String(expected), sizeBytes: (await buffer(stream)).length }
    },
  })
  const { stream, sizeBytes } = await front.openBackup('a.tar.zst')
  expect(sizeBytes).toBe(content.length)
  expect(content.equals(await buffer(stream))).toBe(true)
  expect(await front.saveUpload(Readable.from(cut(content, 65_536)), null)).toEqual({
    path: 'null',
    sizeBytes: content.length,
  })
})

test('an upload that fails on either side ends the other, with the error of the first', async () => {
  const received: unknown[] = []
  const { front } = await startHalves({
    async saveUpload(stream, expected) {
      if (expected === 0) throw new InputError('DISK_FULL')
      for await (const chunk of stream) received.push(chunk)
      return { path: '', sizeBytes: 0 }
    },
  })
  const source = new Readable({ read: () => undefined })
  await expect(front.saveUpload(source, 0)).rejects.toMatchObject({ code: 'DISK_FULL' })
  expect(source.destroyed).toBe(true)
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('a')
      await vi.waitFor(() => expect(received).toHaveLength(1))
      throw new Error('the browser has gone')
    })(),
  )
  await expect(front.saveUpload(broken, null)).rejects.toThrow('the browser has gone')
})

async function untilAborted(watch: Watch | undefined): Promise<void> {
  if (watch?.signal && !watch.signal.aborted) await once(watch.signal, 'abort')
}

function* cut(content: Buffer, bytes: number): Generator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes)
}
