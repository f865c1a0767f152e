import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { CommandError, CommandMissing, ConflictError, InputError } from '../../errors.ts'
import { createRedactor } from '../../redact.ts'
import type { LogChunk, OutputChunk, UserAccount, Watch } from '../host.ts'
import { RAZROOM, startHalves } from './test-halves.ts'

const SOMEBODY: UserAccount = { name: 'ann', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' }

test('a call brings what the machine says; an account is looked up by its name', async () => {
  const seen: unknown[] = []
  const { front } = await startHalves({
    async inspectContainer(user, name) {
      seen.push(user, name)
      return null
    },
    readDiskFree: async (path) => path.length,
    probeGateway: async (...args) => ({ answered: false, reason: String(args.length) }),
    hasAddress: async () => true,
  })
  expect(await front.inspectContainer({ ...SOMEBODY, name: 'razroom' }, 'razroom')).toBe(null)
  expect(seen).toEqual([RAZROOM, 'razroom'])
  expect(await front.readDiskFree('/open')).toBe(5)
  await expect(front.probeGateway(18_789, null)).resolves.toMatchObject({ answered: false })
  await expect(front.probeGateway(18_789, 'token', '127.0.0.1')).resolves.toMatchObject({ answered: false })
})

test('byte arrays and dates cross as they are, there and back', async () => {
  const seen: unknown[] = []
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 256)
  const { front } = await startHalves({
    async writeUserFile(_user, file) {
      seen.push(file)
      return { etag: 'a' }
    },
    readUserFile: async () => ({ bytes, etag: 'e', mode: 0o600, uid: 1 }),
    async readUnitJournal(_user, _name, since) {
      seen.push(since)
      return ['a', 'ü']
    },
    verifyBackup: async () => ({ manifest: {} as never, envFile: bytes, configFile: null }),
  })
  const file = { path: '/home/razroom/.env', bytes, mode: 0o600 }
  await front.writeUserFile(RAZROOM, file)
  const since = new Date(1_700_000_000_123)
  expect(await front.readUnitJournal(RAZROOM, 'razroom.service', since, 5)).toEqual(['a', 'ü'])
  expect(seen).toEqual([file, since])
  expect(await front.readUserFile(RAZROOM, '/home/razroom/.env', 5)).toEqual({
    bytes,
    etag: 'e',
    mode: 0o600,
    uid: 1,
  })
  expect(await front.verifyBackup({ name: 'a.tar.zst' })).toEqual({
    manifest: {},
    envFile: bytes,
    configFile: null,
  })
})

test('an error of the panel crosses with its class and all it says, secrets masked', async () => {
  const failure = {
    argv: ['podman', 'run', 'sesame-sesame'],
    exitCode: 125,
    lastLines: ['no: sesame-sesame'],
  }
  const errors = [
    new CommandError(failure, 'IMAGE_PULL_FAILED'),
    new InputError('REQUEST_INVALID', { detail: 'd sesame-sesame', fields: [{ path: 'a', message: 'b' }] }),
    new CommandMissing('COMMAND_MISSING', { detail: 'podman', command: 'podman sesame-sesame' }),
  ]
  const { front } = await startHalves(
    {
      async listImages() {
        throw errors.shift()
      },
    },
    { redact: createRedactor(() => ['sesame-sesame']) },
  )
  const fail = () => front.listImages(RAZROOM).catch((error: unknown) => error)
  const first = await fail()
  expect(first).toBeInstanceOf(CommandError)
  expect(first).toMatchObject({
    code: 'IMAGE_PULL_FAILED',
    detail: 'podman exited with 125: no: ***',
    command: 'podman run ***',
    failure: { argv: ['podman', 'run', '***'], exitCode: 125, lastLines: ['no: ***'] },
  })
  const second = await fail()
  expect(second).toBeInstanceOf(InputError)
  expect(second).toMatchObject({
    code: 'REQUEST_INVALID',
    detail: 'd ***',
    fields: [{ path: 'a', message: 'b' }],
  })
  const third = await fail()
  expect(third).toBeInstanceOf(CommandMissing)
  expect(third).toMatchObject({ code: 'COMMAND_MISSING', command: 'podman ***' })
})

test('an unknown error crosses without its message: the log of the root half has it by the id', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { front } = await startHalves({
    async readMemory() {
      throw new Error('/root/.ssh/id_ed25519')
    },
  })
  const error = await front.readMemory().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'INTERNAL' })
  expect(String(error)).not.toContain('ssh')
  const id = /([0-9a-f]{12}) in the log/.exec(String(error))?.[1]
  expect(id).toBeDefined()
  expect(String(log.mock.calls[0]?.[0])).toContain(id)
})

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

test('what the direct host masks in results is masked here', async () => {
  const { front } = await startHalves(
    {
      readContainerLogs: async () => ['sesame-sesame'],
      execInContainer: async () => ({ exitCode: 0, stdout: 'sesame-sesame', stderrLines: ['sesame-sesame'] }),
    },
    { redact: createRedactor(() => ['sesame-sesame']) },
  )
  expect(await front.readContainerLogs(RAZROOM, 'a', 1)).toEqual(['***'])
  const command = { container: 'a', argv: ['b'] as const, timeoutMs: 1, maxBytes: 1 }
  expect(await front.execInContainer(RAZROOM, command)).toEqual({
    exitCode: 0,
    stdout: 'sesame-sesame',
    stderrLines: ['***'],
  })
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

test('a lock is held until it is let go', async () => {
  let holders = 0
  const { front } = await startHalves({
    async acquireLock() {
      if (holders > 0) throw new ConflictError('OPERATION_RUNNING')
      holders += 1
      return {
        async release() {
          holders -= 1
        },
      }
    },
  })
  const lock = await front.acquireLock()
  await expect(front.acquireLock()).rejects.toMatchObject({ code: 'OPERATION_RUNNING' })
  await lock.release()
  expect(holders).toBe(0)
  await lock.release()
  await (await front.acquireLock()).release()
})

test('a terminal takes keys and sizes, and says when it has ended', async () => {
  const orders: unknown[] = []
  const ended = Promise.withResolvers<number | null>()
  const { front } = await startHalves({
    async openTerminal(_user, request, onOutput) {
      orders.push(request)
      onOutput(Buffer.from('before'))
      return {
        write(data) {
          orders.push(data)
          onOutput(Buffer.from(`typed ${data.length}`))
        },
        resize: (size) => void orders.push(size),
        setPaused: (isPaused) => void orders.push(isPaused),
        end: () => ended.resolve(7),
        ended: ended.promise,
      }
    },
  })
  const output: string[] = []
  const request = { args: ['run'], cleanUpArgs: ['rm'], cols: 80, rows: 24 }
  const terminal = await front.openTerminal(RAZROOM, request, (bytes) => output.push(String(bytes)))
  terminal.write('ls\n')
  terminal.resize({ cols: 100, rows: 30 })
  terminal.setPaused(true)
  terminal.setPaused(false)
  terminal.end()
  expect(await terminal.ended).toBe(7)
  expect(orders).toEqual([request, 'ls\n', { cols: 100, rows: 30 }, true, false])
  expect(output).toEqual(['before', 'typed 3'])
})

test('what a person would type is known without asking', async () => {
  const { front } = await startHalves({})
  expect(front.describePodman(RAZROOM, ['ps'])).toContain('podman ps')
  expect(front.describeSystemctl(RAZROOM, ['start', 'a'])).toBe(
    'sudo systemctl --machine razroom@ --user start a',
  )
  await expect(front.claimControlSocket()).rejects.toMatchObject({ code: 'INTERNAL' })
})

test('the end of the connection ends all that was begun over it', async () => {
  const ended: string[] = []
  const until = async (signal: AbortSignal | undefined, name: string) => {
    await once(signal ?? new AbortController().signal, 'abort')
    ended.push(name)
  }
  const terminalEnd = Promise.withResolvers<number | null>()
  const { front, sockets, closed, isClosed } = await startHalves({
    async pullImage(_user, _reference, watch) {
      await until(watch?.signal, 'pull')
      throw new ConflictError('OPERATION_CANCELLED')
    },
    async *watchContainers(_user, signal) {
      yield { name: 'a', status: 'start', time: 't' }
      await until(signal, 'events')
    },
    acquireLock: async () => ({
      async release() {
        ended.push('lock')
      },
    }),
    async saveUpload(stream) {
      await buffer(stream).catch(() => ended.push('upload'))
      throw new InputError('DISK_FULL')
    },
    openBackup: async () => ({
      stream: new Readable({
        read: () => undefined,
        destroy(_error, done) {
          ended.push('backup')
          done(null)
        },
      }),
      sizeBytes: 1,
    }),
    openTerminal: async () => ({
      write: () => undefined,
      resize: () => undefined,
      setPaused: () => undefined,
      end() {
        ended.push('terminal')
        terminalEnd.resolve(null)
      },
      ended: terminalEnd.promise,
    }),
  })
  const pull = front.pullImage(RAZROOM, 'a')
  const events = front.watchContainers(RAZROOM, new AbortController().signal)[Symbol.asyncIterator]()
  await events.next()
  await front.acquireLock()
  const upload = front.saveUpload(new Readable({ read: () => undefined }), null)
  const backup = await front.openBackup('a.tar.zst')
  const request = { args: [], cleanUpArgs: [], cols: 80, rows: 24 }
  const terminal = await front.openTerminal(RAZROOM, request, () => undefined)
  const outcomes = Promise.allSettled([pull, events.next(), upload, buffer(backup.stream)])
  sockets.front.destroy()
  await closed
  expect(isClosed()).toBe(true)
  expect(ended.sort()).toEqual(['backup', 'events', 'lock', 'pull', 'terminal', 'upload'])
  for (const outcome of await outcomes) expect(outcome.status).toBe('rejected')
  await expect(terminal.ended).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  await expect(front.readMemory()).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  await front.closed
})

test('closing the host of the front closes that of the root half', async () => {
  const { front, closed, isClosed } = await startHalves({})
  await front.close()
  await closed
  expect(isClosed()).toBe(true)
})

async function untilAborted(watch: Watch | undefined): Promise<void> {
  if (watch?.signal && !watch.signal.aborted) await once(watch.signal, 'abort')
}

function* cut(content: Buffer, bytes: number): Generator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes)
}
