import { Readable } from 'node:stream'
import fc from 'fast-check'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Host, UserAccount } from '../host.ts'
import { KIND } from './frames.ts'
import { RAZROOM } from './test-halves.ts'
import { startRawFront, terminalWithoutEnd } from './test-raw-front.ts'
import { VERB_NAMES, VERBS, type VerbName } from './verbs.ts'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
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
  // It would say nothing if nearly all was refused; how many get through depends on what was made up.
  expect(calls).toBeGreaterThan(numRuns / 2)
})
