import { beforeEach, expect, test, vi } from 'vitest'
import { defaultSettings } from '../../../contract/settings.ts'
import { WINDOW_BYTES } from './flow.ts'
import { KIND, MAX_PAYLOAD_BYTES } from './frames.ts'
import { encodeMessage, writeMessage } from './message.ts'
import { type RawFront, startRawFront, terminalWithoutEnd } from './test-raw-front.ts'
import { VERB_NAMES, type VerbName } from './verbs.ts'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

function verbNumber(name: VerbName): Buffer {
  const number = Buffer.alloc(2)
  number.writeUInt16LE(VERB_NAMES.indexOf(name))
  return number
}

const never = () => new Promise<never>(() => undefined)

test.each<[string, (front: RawFront) => void]>([
  ['no hello but a call', (front) => front.call('readMemory', 1, [])],
  ['a hello of another list', (front) => front.send(KIND.hello, 0, encodeMessage({ list: 'a' }))],
  ['a hello that is no message', (front) => front.send(KIND.hello, 0, Buffer.from('hello'))],
  ['HTTP', (front) => front.socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
])('%s ends the connection', async (_what, speak) => {
  const front = await startRawFront({})
  speak(front)
  await front.ended
  await front.closed
})

test.each<[string, (front: RawFront) => void]>([
  [
    'a frame that is too long',
    (front) => front.socket.write(Buffer.from([0xff, 0xff, 0xff, 0x7f, 2, 1, 0, 0, 0])),
  ],
  ['an unknown kind', (front) => front.send(99, 1)],
  ['a second hello', (front) => front.hello()],
  ['an answer', (front) => front.send(KIND.result, 1, encodeMessage(null))],
  ['a call of no verb', (front) => front.send(KIND.call, 1, Buffer.from([0xff, 0xff, 0]))],
  ['a call without a verb', (front) => front.send(KIND.call, 1)],
  ['a verb that the front knows by itself', (front) => front.call('describePodman', 1, ['razroom', []])],
  ['a verb for root alone', (front) => front.call('makePrivateSocketPath', 1, [])],
  ['closing the host', (front) => front.call('close', 1, [])],
  ['a call that is no message', (front) => front.send(KIND.call, 1, verbNumber('readMemory'))],
  [
    'a call without arguments',
    (front) =>
      writeMessage(front.socket, KIND.call, 1, Buffer.concat([verbNumber('readMemory'), encodeMessage({})])),
  ],
  [
    'two calls of one number',
    (front) => {
      front.call('readFacts', 1, [])
      front.call('readFacts', 1, [])
    },
  ],
  [
    'bytes for a call that takes none',
    (front) => {
      front.call('readFacts', 1, [])
      front.send(KIND.data, 1, Buffer.from('a'))
    },
  ],
  [
    'more bytes than there was credit for',
    (front) => {
      front.call('saveUpload', 1, [null])
      for (let sent = 0; sent < 4 * WINDOW_BYTES; sent += MAX_PAYLOAD_BYTES)
        front.send(KIND.data, 1, Buffer.alloc(MAX_PAYLOAD_BYTES))
    },
  ],
  [
    'a credit of another shape',
    (front) => {
      front.call('readFacts', 1, [])
      front.send(KIND.credit, 1, Buffer.from('a'))
    },
  ],
  [
    'an order that no terminal takes',
    (front) => {
      front.call('openTerminal', 1, ['razroom', { args: [], cleanUpArgs: [], cols: 80, rows: 24 }])
      void front.answer(1).then(() => front.send(KIND.order, 1, encodeMessage({ type: 'input', data: 1 })))
    },
  ],
  [
    'a message larger than the verb takes',
    (front) => {
      front.send(
        KIND.call,
        1,
        Buffer.concat([verbNumber('readUserFile'), Buffer.alloc(MAX_PAYLOAD_BYTES - 2)]),
      )
      front.send(KIND.more, 1, Buffer.alloc(MAX_PAYLOAD_BYTES))
    },
  ],
  [
    'large messages that are begun and not ended',
    (front) => {
      for (let id = 1; id < 40; id++) {
        front.send(
          KIND.call,
          id,
          Buffer.concat([verbNumber('writeUserFile'), Buffer.alloc(MAX_PAYLOAD_BYTES - 2)]),
        )
        for (let sent = MAX_PAYLOAD_BYTES; sent < 8_000_000; sent += MAX_PAYLOAD_BYTES)
          front.send(KIND.more, id, Buffer.alloc(MAX_PAYLOAD_BYTES))
      }
    },
  ],
])('%s ends the connection, and what was begun over it', async (_what, speak) => {
  let isLockHeld = false
  const front = await startRawFront({
    readFacts: never,
    saveUpload: never,
    openTerminal: async () => terminalWithoutEnd(),
    async acquireLock() {
      isLockHeld = true
      return {
        async release() {
          isLockHeld = false
        },
      }
    },
  })
  front.hello()
  front.call('acquireLock', 1_000, [])
  await front.answer(1_000)
  expect(isLockHeld).toBe(true)
  speak(front)
  await front.ended
  await vi.waitFor(() => expect(isLockHeld).toBe(false))
})

const account = { name: 'razroom', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' }
const settings = { ...defaultSettings(), path: '/' }
test.each<[VerbName, unknown[]]>([
  ['readDiskFree', []],
  ['readDiskFree', ['/', 1]],
  ['readDiskFree', ['relative']],
  ['readDiskFree', ['/a/../root']],
  ['readDiskFree', [`/${'a'.repeat(5_000)}`]],
  ['readDiskFree', ['/a\u0000b']],
  ['readUserFile', [account, '/a', 1]],
  ['readUserFile', ['../razroom', '/a', 1]],
  ['readUserFile', ['0', '/a', 1]],
  ['readUserFile', ['razroom', '/a', 1e12]],
  ['writeUserFile', ['razroom', { path: '/a', bytes: 'text', mode: 0o600 }]],
  ['writeUserFile', ['razroom', { path: '/a', bytes: new Uint8Array(1), mode: 0o4755 }]],
  ['ensureUserDirectory', ['razroom', '/a', 0o2777]],
  ['probeGateway', [22]],
  ['probeGateway', [18_789, 'example.org']],
  ['proveGatewayToken', ['razroom', 22, 'token']],
  ['proveGatewayToken', ['razroom', 18_789, 'a\r\nHost: b']],
  ['proveGatewayToken', ['razroom', 18_789, 'token', 'example.org']],
  ['createUser', ['-o']],
  ['finishUser', ['../root']],
  ['addIdRanges', ['razroom', { owner: 'razroom', start: -1, count: 1 }, null]],
  ['addIdRanges', ['razroom', { owner: 'razroom', start: 0, count: 4_294_967_295 }, null]],
  ['readIdRanges', ['shadow']],
  ['readSystemUnit', ['ssh.service']],
  ['readSystemUnit', ['--help']],
  ['startUnit', ['razroom', '--all']],
  ['inspectContainer', ['razroom', '--help']],
  ['pullImage', ['razroom', '--help']],
  [
    'execInContainer',
    ['razroom', { container: 'a', argv: ['b'], timeoutMs: 1, maxBytes: 1, env: { LD_PRELOAD: '/a' } }],
  ],
  ['execInContainer', ['razroom', { container: 'a', argv: [], timeoutMs: 1, maxBytes: 1 }]],
  ['dryRunQuadlet', ['razroom', [{ name: '../../.bashrc', text: '' }]]],
  ['dryRunQuadlet', ['razroom', [{ name: '/etc/a.container', text: '' }]]],
  ['readUnitJournal', ['razroom', 'a.service', 5, 5]],
  ['putBackupTimer', ['minutely']],
  ['openBackup', ['../state.json']],
  ['removeBackup', ['../state.json']],
  ['verifyBackup', [{ path: 'state.json' }]],
  ['readVersion', ['/a', '../../state']],
  ['updateState', [{ secret: true }]],
  ['updateState', [{ settings }]],
  ['writeRestoreMark', [{ startAfter: true, backup: '../a', since: '' }]],
  ['fingerprintSource', [{ kind: 'repo', path: '/a', buildArgs: { '--x': 'y' } }]],
  ['fingerprintSource', [{ kind: 'registry', reference: 'a' }]],
  ['loginRegistry', ['razroom', { registry: '--help', username: 'a', password: 'b' }]],
  ['openTerminal', ['razroom', { args: ['a'], cleanUpArgs: [1], cols: 80, rows: 24 }]],
])('%s with %j never reaches the machine', async (name, args) => {
  let isCalled = false
  const verb = async () => {
    isCalled = true
  }
  const front = await startRawFront(Object.fromEntries([[name, verb]]))
  front.hello()
  front.call(name, 1, args)
  expect(await front.answer(1, KIND.error)).toMatchObject({ code: 'REQUEST_INVALID' })
  expect(isCalled).toBe(false)
})

test('calls that hold a file each are refused when they hold much of the memory, and taken again after it', async () => {
  const left: (() => void)[] = []
  const front = await startRawFront({
    writeUserFile: () =>
      new Promise((resolve) => {
        left.push(() => resolve({ etag: 'a'.repeat(64) }))
      }),
  })
  front.hello()
  const file = { path: '/a', mode: 0o600, bytes: new Uint8Array(8_388_608) }
  const write = (id: number) => front.call('writeUserFile', id, ['razroom', file])
  for (let id = 1; id <= 24; id += 1) write(id)
  expect(await front.answer(24)).toMatchObject({ code: 'SERVER_BUSY' })
  await vi.waitUntil(() => left.length === 23)
  for (const end of left.splice(0)) end()
  await front.answer(1)
  write(30)
  await vi.waitUntil(() => left.length === 1)
  front.socket.destroy()
})
