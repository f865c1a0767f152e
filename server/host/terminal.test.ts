import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { HostError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser, UserRunOptions } from './run-as-user.ts'
import { createTerminals } from './terminal.ts'
import type { AgentReport } from './terminal-agent/protocol.ts'

const user: UserAccount = { name: 'razroom', uid: 999, gid: 998, home: '/home/razroom', shell: '/bin/false' }
const REQUEST = { args: ['exec', 'razroom'], cleanUpArgs: ['rm', 'x'], cols: 80, rows: 24 }
const DONE = { exitCode: 0, stdout: '', stderrLines: [] }

/** An agent that notes its orders and says what the test has it say. */
function makeAgent(act: (say: (line: string) => void, options: UserRunOptions) => Promise<void>) {
  const orders: unknown[] = []
  const runs: (readonly string[])[] = []
  const runAsUser: RunAsUser = async (_user, argv, options) => {
    runs.push(argv)
    if (argv[0] === 'podman') return DONE
    if (options.stdin instanceof Readable)
      createInterface({ input: options.stdin }).on('line', (line) => orders.push(JSON.parse(line)))
    await act((line) => options.stdoutTo?.write(`${line}\n`), options)
    return DONE
  }
  return {
    orders,
    runs,
    terminals: createTerminals(runAsUser, '/release/terminal-agent.js', async (name) => `/usr/bin/${name}`),
  }
}

const report = (line: AgentReport) => JSON.stringify(line)

test('hands on what is printed, typed and told, and the exit code', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  const { orders, runs, terminals } = makeAgent(async (say) => {
    say(report({ type: 'output', data: Buffer.from('hello').toString('base64') }))
    await isOver
    say(report({ type: 'exit', code: 4 }))
  })
  let shown = ''
  const terminal = await terminals.openTerminal(user, REQUEST, (bytes) => {
    shown += bytes.toString()
  })
  terminal.write('y')
  terminal.resize({ cols: 90, rows: 30 })
  terminal.setPaused(true)
  terminal.end()
  await expect.poll(() => orders.length).toBe(5)
  end()
  expect(await terminal.ended).toBe(4)
  expect(shown).toBe('hello')
  expect(orders).toEqual([
    {
      argv: ['/usr/bin/podman', 'exec', 'razroom'],
      cleanUp: ['/usr/bin/podman', 'rm', 'x'],
      cols: 80,
      rows: 24,
    },
    { type: 'input', data: 'y' },
    { type: 'resize', cols: 90, rows: 30 },
    { type: 'pause' },
    { type: 'end' },
  ])
  expect(runs).toEqual([[process.execPath, '/release/terminal-agent.js']])
})

test('cleans up itself when the agent could not', async () => {
  const { runs, terminals } = makeAgent(() => Promise.reject(new HostError('COMMAND_FAILED')))
  const terminal = await terminals.openTerminal(user, REQUEST, () => {})
  expect(await terminal.ended).toBeNull()
  expect(runs.at(-1)).toEqual(['podman', 'rm', 'x'])
})

test.each(['{"type":"exit"}', 'x', '{"type":"output","data":7}'])(
  'ends an agent that says %s',
  async (line) => {
    const { terminals, runs } = makeAgent(async (say, { watch }) => {
      say(line)
      await new Promise<void>((resolve) => watch?.signal?.addEventListener('abort', () => resolve()))
      throw new HostError('OPERATION_CANCELLED')
    })
    const terminal = await terminals.openTerminal(user, REQUEST, () => {})
    expect(await terminal.ended).toBeNull()
    expect(runs.at(-1)).toEqual(['podman', 'rm', 'x'])
  },
)

test('says so when there is no podman', async () => {
  const terminals = createTerminals(
    async () => DONE,
    '/release/terminal-agent.js',
    async () => null,
  )
  await expect(terminals.openTerminal(user, REQUEST, () => {})).rejects.toMatchObject({
    code: 'COMMAND_MISSING',
  })
})
