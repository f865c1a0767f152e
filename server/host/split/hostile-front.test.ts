import { Readable } from 'node:stream'
import fc from 'fast-check'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { beforeEach, expect, test, vi } from 'vitest'
import { defaultSettings } from '../../../contract/settings.ts'
import type { Host, UserAccount } from '../host.ts'
import { WINDOW_BYTES } from './flow.ts'
import { KIND, MAX_PAYLOAD_BYTES } from './frames.ts'
import { encodeMessage, writeMessage } from './message.ts'
import { RAZROOM } from './test-halves.ts'
import { type RawFront, startRawFront } from './test-raw-front.ts'
import { VERB_NAMES, VERBS, type VerbName } from './verbs.ts'

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

/** Its program goes on until it is told to end. */
function terminalWithoutEnd() {
  const ended = Promise.withResolvers<number | null>()
  return {
    write: () => undefined,
    resize: () => undefined,
    setPaused: () => undefined,
    end: () => ended.resolve(null),
    ended: ended.promise,
  }
}

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
  ['probeGateway', [22, null]],
  ['probeGateway', [18_789, 'a\r\nHost: b']],
  ['probeGateway', [18_789, null, 'example.org']],
  ['createUser', ['-o']],
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

/** What a verb may be called with: what its row says, the account looked up, and what stays in the root half. */
function checkCall(name: VerbName, params: readonly unknown[]): void {
  const { args, optional, isAccount, kind } = VERBS[name]
  const crossed: unknown[] = kind === 'bytes-in' ? params.slice(1) : params.slice(0, args.length)
  if (isAccount) {
    expect(crossed[0]).toEqual(RAZROOM)
    crossed[0] = (crossed[0] as UserAccount).name
  }
  const given = crossed.filter((value, index) => index < args.length - optional || value !== undefined)
  for (const [index, value] of given.entries())
    expect(Value.Check(args[index] ?? Type.Never(), value), `${name} ${index}`).toBe(true)
}

/** A machine that takes every verb, and looks at what it is called with. */
function checkingMachine(onFault: (fault: unknown) => void, onCall: () => void): Partial<Host> {
  return Object.fromEntries(
    VERB_NAMES.filter((name) => name !== 'close').map((name) => [
      name,
      (...params: unknown[]) => {
        onCall()
        try {
          checkCall(name, params)
        } catch (fault) {
          onFault(fault)
        }
        if (VERBS[name].kind === 'items') return (async function* () {})()
        if (VERBS[name].kind === 'bytes-out')
          return Promise.resolve({ stream: Readable.from([]), sizeBytes: 0 })
        if (VERBS[name].kind === 'lock') return Promise.resolve({ release: async () => undefined })
        if (VERBS[name].kind === 'terminal') return Promise.resolve(terminalWithoutEnd())
        return Promise.resolve(null)
      },
    ]),
  )
}

const values: readonly unknown[] = [
  ...[
    'razroom',
    'root',
    'nobody',
    '/etc/shadow',
    '/open/a',
    '../a',
    '--help',
    '',
    'daily',
    'subuid',
    '127.0.0.1',
  ],
  ...['razroom.service', 'razroom-panel.service', 'a.tar.zst', '1-00000000', '2026-11-28'],
  ...[0, -1, 5, 18_789, 1e12, null, true, [], {}, ['/a'], ['a'], new Uint8Array(3), new Date(5)],
  { name: 'a.tar.zst' },
  { path: '/open/a' },
  { kind: 'bundled' },
  { kind: 'repo', path: '/open/a' },
  { source: { kind: 'bundled' }, tag: 'a' },
  { path: '/a', backlog: 5 },
  { path: '/a', bytes: new Uint8Array(2), mode: 0o600 },
  { configDir: '/a', workspaceDir: '/b' },
  { after: '0123456789ab.5' },
  { text: 'a', kind: 'regex', limit: 5, context: 1 },
  { path: '/home/razroom/a', backlog: 5, filter: { text: 'a' } },
  { container: 'a', argv: ['b'], timeoutMs: 5, maxBytes: 5 },
  { args: ['a'], cleanUpArgs: ['b'], cols: 80, rows: 24 },
  { owner: 'razroom', start: 100_000, count: 65_536 },
  { localAddress: '127.0.0.1', localPort: 1, remoteAddress: '127.0.0.1', remotePort: 2 },
]
const oddValue = fc.oneof(fc.constantFrom(...values), fc.jsonValue({ maxDepth: 2 }))

/** A call whose arguments are right more often than not. */
const anyCall = fc
  .constantFrom(...VERB_NAMES.filter((name) => !['here', 'not-here', 'close'].includes(VERBS[name].kind)))
  .chain((verb) =>
    fc.record({
      verb: fc.constant(verb),
      args: fc.oneof(
        { weight: 4, arbitrary: fc.tuple(...VERBS[verb].args.map(valueFor)) },
        { weight: 1, arbitrary: fc.array(oddValue, { maxLength: 4 }) },
      ),
      lines: fc.boolean(),
    }),
  )

function valueFor(schema: Type.TSchema): fc.Arbitrary<unknown> {
  const right = values.filter((value) => Value.Check(schema, value))
  if (right.length === 0) return oddValue
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: oddValue })
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const { cancel, credit, data, end, order, more } = KIND
/** Frames that are in order, and, in the second list, any at all. */
const tame = fc.oneof(
  { weight: 8, arbitrary: anyCall },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom(cancel, end, more), payload: bytes(0) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant(credit),
      payload: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    }),
  },
)
const wild = fc.oneof(
  { weight: 4, arbitrary: anyCall },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom(credit, data, order, more), payload: bytes(40) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.nat(20), payload: bytes(400) }) },
)

test('whatever frames come, no verb is called with what its row does not say, and nothing throws', async () => {
  const faults: unknown[] = []
  let calls = 0
  const onUnhandled = (reason: unknown) => faults.push(reason)
  process.on('unhandledRejection', onUnhandled)
  const machine = checkingMachine(onUnhandled, () => {
    calls += 1
  })
  const list = (frame: typeof tame | typeof wild) => fc.array(fc.tuple(fc.nat(200), frame), { maxLength: 25 })
  const numRuns = process.env.RAZROOM_TEST_FULL === '1' ? 3_000 : 200
  try {
    await fc.assert(
      fc.asyncProperty(fc.oneof(list(tame), list(wild)), async (frames) => {
        const front = await startRawFront(machine)
        front.hello()
        for (const [id, one] of frames) {
          if ('verb' in one) front.call(one.verb, id, one.args, { lines: one.lines })
          else front.send(one.kind, id, one.payload)
        }
        front.socket.end()
        await front.closed
        front.socket.destroy()
        expect(faults).toEqual([])
      }),
      { numRuns, seed: 20_261_128 },
    )
  } finally {
    process.off('unhandledRejection', onUnhandled)
  }
  // It would say nothing if all was refused.
  expect(calls).toBeGreaterThan(numRuns)
})
