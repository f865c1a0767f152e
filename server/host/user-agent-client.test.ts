import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestAgent, type TestAgent } from './test-agent.ts'
import { createUserAgent } from './user-agent-client.ts'
import { LogFollowItem, PingValue, ReadValue, WatchItem } from './user-agent-schemas.ts'

/** A busy machine needs its time; the condition is what counts. */
const SOON = { timeout: 8_000, interval: 20 }

const PING = { verb: 'ping', params: null } as const

it('refuses to be root', () => {
  const root = { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' }
  expect(() => createUserAgent(root, { agentFile: '/dev/null' })).toThrow(
    expect.objectContaining({ code: 'USER_UNSUITABLE' }),
  )
})

describe.runIf(process.getuid?.() === 0)('createUserAgent', () => {
  let place: TestAgent
  let fakes = 0
  beforeAll(async () => {
    place = await createTestAgent()
  })
  afterAll(() => place.remove())

  /** An agent that runs this script instead of ours. */
  async function fake(script: string) {
    fakes += 1
    const agentFile = join(place.home, '..', `fake-${fakes}.mjs`)
    await writeFile(agentFile, script, { mode: 0o644 })
    return createUserAgent(place.user, { ...place.program, agentFile, requestTimeoutMs: 5_000 })
  }

  it('replaces an agent that hangs, and one that was killed', async () => {
    const agent = createUserAgent(place.user, { ...place.program, requestTimeoutMs: 5_000 })
    await agent.call(PING, PingValue)
    const [first = Number.NaN] = await place.pids()
    process.kill(first, 'SIGSTOP')
    await expect(agent.call(PING, PingValue)).rejects.toMatchObject({ code: 'COMMAND_TIMED_OUT' })
    expect(await agent.call(PING, PingValue)).toBeNull()
    const [second = Number.NaN] = await place.pids()
    expect(second).not.toBe(first)
    const asked = agent.call({ verb: 'read', params: { path: '/dev/stdin', maxBytes: 9 } }, ReadValue)
    process.kill(second, 'SIGKILL')
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/COMMAND_FAILED|FILE_REFUSED/) })
    await vi.waitFor(async () => expect(await agent.call(PING, PingValue)).toBeNull(), SOON)
    await agent.close()
    await vi.waitFor(async () => expect(await place.pids()).toEqual([]), SOON)
  })

  it('ends with its stdin', async () => {
    const agent = createUserAgent(place.user, place.program)
    await agent.call(PING, PingValue)
    expect(await place.pids()).toHaveLength(1)
    await agent.close()
    await vi.waitFor(async () => expect(await place.pids()).toEqual([]), SOON)
  })

  it.each([
    ['no JSON', 'process.stdout.write("hello\\n")'],
    ['an unknown number', 'process.stdout.write(JSON.stringify({ id: 99, value: null }) + "\\n")'],
    ['a number twice the first time', 'process.stdout.write(JSON.stringify({ id: 0, value: null }) + "\\n")'],
    ['another shape', 'process.stdout.write(JSON.stringify({ id: 1, value: { base64: 5 } }) + "\\n")'],
    ['further keys', 'process.stdout.write(JSON.stringify({ id: 1, value: null, x: 1 }) + "\\n")'],
    ['a chunk that nobody asked for', 'process.stdout.write("1 1 5\\nhello")'],
    ['a chunk of nothing', 'process.stdout.write("1 1 0\\n")'],
    ['an item that nobody asked for', 'process.stdout.write(JSON.stringify({ id: 1, item: 1 }) + "\\n")'],
    [
      'a line without end',
      'const c = Buffer.alloc(1e6, 97); const w = () => process.stdout.write(c, w); w()',
    ],
  ])('does not trust %s', async (_name, action) => {
    const agent = await fake(`process.stdin.on('data', () => { ${action} })`)
    const asked = agent.call({ verb: 'read', params: { path: '/x', maxBytes: 1 } }, ReadValue)
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/COMMAND_(FAILED|TIMED_OUT)/) })
    await agent.close()
  })

  it('does not wait for a chunk that would be too large', async () => {
    const agent = await fake(`process.stdin.on('data', () => process.stdout.write('1 1 9999999\\n'))`)
    await expect(agent.call(PING, PingValue)).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    await agent.close()
  })

  it('does not take more items than it gave credit for', async () => {
    const agent = await fake(
      // One write: were they many, a busy machine could deliver them one by one, as fast as they are taken.
      `process.stdin.on('data', () => process.stdout.write('{"id":1,"item":"/x"}\\n'.repeat(1e5)))`,
    )
    const items: string[] = []
    const run = async (): Promise<void> => {
      const stream = agent.stream(
        { verb: 'watch', params: { paths: ['/x'] } },
        WatchItem,
        new AbortController().signal,
      )
      for await (const item of stream) items.push(item)
    }
    await expect(run()).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    expect(items.length).toBeLessThan(20)
  })

  it('leaves the bytes of an item as they are until the next one is asked for, whatever else comes', async () => {
    const agent = await fake(`let asked = 0
      process.stdin.on('data', () => {
        asked += 1
        if (asked > 2) return
        process.stdout.write('1 1 100000\\n' + (asked === 1 ? 'a' : 'b').repeat(100000))
        if (asked === 2) process.stdout.write('{"id":2,"value":null}\\n')
      })`)
    const ask = { verb: 'logFollow', params: { path: '/x', backlog: 1 } } as const
    const stream = agent.stream(ask, LogFollowItem, new AbortController().signal)
    const first = (await stream.next()).value?.bytes
    await agent.call(PING, PingValue)
    expect(first?.every((byte: number) => byte === 0x61)).toBe(true)
    expect((await stream.next()).value?.bytes?.every((byte: number) => byte === 0x62)).toBe(true)
    await stream.return(undefined)
    await agent.close()
  })

  it.each(['NO_SUCH_CODE', 'constructor', '__proto__'])(
    'makes errors of the agent its own, without control characters: %s',
    async (code) => {
      const error = { code, detail: 'a\u001b[31mb\u202e' }
      const reply = JSON.stringify(JSON.stringify({ id: 1, error }))
      const agent = await fake(`process.stdin.on('data', () => process.stdout.write(${reply} + '\\n'))`)
      await expect(agent.call(PING, PingValue)).rejects.toMatchObject({
        code: 'COMMAND_FAILED',
        detail: 'ab',
      })
      await agent.close()
    },
  )

  it('says what to do when the program cannot be read', async () => {
    const agent = createUserAgent(place.user, { ...place.program, nodeFile: '/root/no-such-node' })
    await expect(agent.call(PING, PingValue)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      detail: expect.stringContaining('./install.sh'),
    })
  })
})
