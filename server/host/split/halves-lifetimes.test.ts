/** What lasts: locks, terminals, the connection itself. */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ConflictError, InputError } from '../../errors.ts'
import { RAZROOM, startHalves } from './test-halves.ts'

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
  await expect(terminal.ended).rejects.toMatchObject({ code: 'PANEL_RESTARTING' })
  await expect(front.readMemory()).rejects.toMatchObject({ code: 'PANEL_RESTARTING' })
  await front.closed
})

test('closing the host of the front closes that of the root half', async () => {
  const { front, closed, isClosed } = await startHalves({})
  await front.close()
  await closed
  expect(isClosed()).toBe(true)
})
