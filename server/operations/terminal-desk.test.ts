import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CLOSE_CODES } from '../../contract/events.ts'
import type { TerminalFrame } from '../../contract/terminal.ts'
import { createTerminalDesk, type TerminalWorld } from './terminal-desk.ts'

const HELLO = { command: 'onboard', cols: 80, rows: 24 } as const

/** A machine whose programs print what the test says and end when they are told to. */
function makeWorld() {
  const log: string[] = []
  let print: (text: string) => void = () => {}
  let finish: (code: number | null) => void = () => {}
  let vanish: (error: Error) => void = () => {}
  const world: TerminalWorld = {
    async open({ command }, onOutput) {
      log.push(`open ${command}`)
      const { promise, resolve, reject } = Promise.withResolvers<number | null>()
      finish = resolve
      vanish = reject
      print = (text) => onOutput(new TextEncoder().encode(text))
      return {
        place: 'gateway',
        terminal: {
          write: (data) => log.push(`type ${data}`),
          resize: ({ cols, rows }) => log.push(`size ${cols}x${rows}`),
          setPaused: (isPaused) => log.push(isPaused ? 'pause' : 'go on'),
          end: () => {
            log.push('end')
            resolve(null)
          },
          ended: promise,
        },
      }
    },
    settle: async () => void log.push('settle'),
  }
  return {
    world,
    log,
    print: (text: string) => print(text),
    finish: (code: number | null) => finish(code),
    vanish: (error: Error) => vanish(error),
  }
}

function makeClient() {
  const frames: TerminalFrame[] = []
  const closes: number[] = []
  const shown = () =>
    frames
      .map((frame) => (frame.type === 'output' ? Buffer.from(frame.data, 'base64').toString() : ''))
      .join('')
  const resume = () => frames.findLast((frame) => frame.type === 'started')?.resume ?? ''
  const client = {
    send: (frame: TerminalFrame) => void frames.push(frame),
    close: (code: number) => void closes.push(code),
  }
  return { client, frames, closes, shown, resume, last: () => frames.at(-1) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('keys go in, output comes out, and the end is told once its changes are put down', async () => {
  const { world, log, print, finish } = makeWorld()
  const desk = createTerminalDesk(world)
  const one = makeClient()
  const seat = await desk.attach(HELLO, one.client)
  print('Continue?')
  seat.input('y')
  seat.resize({ cols: 100, rows: 30 })
  finish(3)
  await vi.runAllTimersAsync()
  expect(one.shown()).toBe('Continue?')
  expect(log).toEqual(['open onboard', 'size 80x24', 'type y', 'size 100x30', 'settle'])
  expect(one.last()).toEqual({ type: 'exit', reason: 'ended', code: 3 })
  seat.input('late')
  expect(log).not.toContain('type late')
})

test('nobody is told an end that is not known: the other half is gone', async () => {
  const { world, log, vanish } = makeWorld()
  const desk = createTerminalDesk(world)
  const one = makeClient()
  await desk.attach(HELLO, one.client)
  vanish(new Error('the root half of the panel has ended'))
  await vi.runAllTimersAsync()
  expect(one.frames.map(({ type }) => type)).toEqual(['started'])
  expect(log).not.toContain('settle')
  expect(desk.state()).toEqual({ isBusy: false })
  await desk.close()
})

test('a second page learns who is in it, types nothing, and may take over', async () => {
  const { world, log, print } = makeWorld()
  const desk = createTerminalDesk(world)
  const [one, two] = [makeClient(), makeClient()]
  const first = await desk.attach(HELLO, one.client)
  print('shown before')
  const second = await desk.attach({ ...HELLO, command: 'doctor' }, two.client)
  expect(two.frames).toEqual([
    { type: 'busy', command: 'onboard', startedAt: expect.any(String), isAttached: true },
  ])
  second.input('x')
  second.end()
  expect(log).toEqual(['open onboard', 'size 80x24'])
  second.takeOver()
  expect(one.closes).toEqual([CLOSE_CODES.takenOver])
  expect(two.shown()).toBe('shown before')
  first.input('x')
  first.leave(true)
  second.input('mine')
  expect(log.slice(2)).toEqual(['size 80x24', 'type mine'])
})

test('two pages at the same moment start one program', async () => {
  const { world, log } = makeWorld()
  const desk = createTerminalDesk(world)
  const clients = [makeClient(), makeClient(), makeClient()]
  await Promise.all(clients.map(({ client }) => desk.attach(HELLO, client)))
  expect(log.filter((line) => line.startsWith('open'))).toHaveLength(1)
  expect(clients.map(({ frames }) => frames[0]?.type)).toEqual(['started', 'busy', 'busy'])
})

test('a program that could not be started keeps nobody out', async () => {
  const { world } = makeWorld()
  let isBroken = true
  const desk = createTerminalDesk({
    ...world,
    open: (...args) => (isBroken ? Promise.reject(new Error('no image')) : world.open(...args)),
  })
  await expect(desk.attach(HELLO, makeClient().client)).rejects.toThrow('no image')
  isBroken = false
  const two = makeClient()
  await desk.attach(HELLO, two.client)
  expect(two.frames[0]).toMatchObject({ type: 'started', isResumed: false })
})

test('a page that comes back in time goes on where it was; its former key is of no use then', async () => {
  const { world, print } = makeWorld()
  const desk = createTerminalDesk(world)
  const [one, two, three] = [makeClient(), makeClient(), makeClient()]
  const seat = await desk.attach(HELLO, one.client)
  print('before ')
  seat.leave(false)
  print('meanwhile')
  await vi.advanceTimersByTimeAsync(59_000)
  await desk.attach({ ...HELLO, resume: one.resume() }, two.client)
  expect(two.frames[0]).toMatchObject({ type: 'started', isResumed: true })
  expect(two.shown()).toBe('before meanwhile')
  await desk.attach({ ...HELLO, resume: one.resume() }, three.client)
  expect(three.last()?.type).toBe('busy')
})

test('a page that stays away, or whose session ends, ends the program', async () => {
  for (const isForGood of [false, true]) {
    const { world, log } = makeWorld()
    const desk = createTerminalDesk(world)
    const one = makeClient()
    const seat = await desk.attach(HELLO, one.client)
    seat.leave(isForGood)
    await vi.advanceTimersByTimeAsync(isForGood ? 0 : 60_001)
    expect(log).toContain('end')
    const two = makeClient()
    await desk.attach({ ...HELLO, resume: one.resume() }, two.client)
    expect(two.frames).toEqual([{ type: 'exit', reason: 'closed', code: null }])
    expect(log.filter((line) => line.startsWith('open'))).toHaveLength(1)
  }
})

test('who was away at the end learns of it', async () => {
  const { world, print, finish } = makeWorld()
  const desk = createTerminalDesk(world)
  const [one, two] = [makeClient(), makeClient()]
  const seat = await desk.attach(HELLO, one.client)
  seat.leave(false)
  print('done')
  finish(0)
  await vi.advanceTimersByTimeAsync(10)
  await desk.attach({ ...HELLO, resume: one.resume() }, two.client)
  expect(two.shown()).toBe('done')
  expect(two.last()).toEqual({ type: 'exit', reason: 'ended', code: 0 })
})

test('nobody types for half an hour: it ends; keys keep it awake', async () => {
  const { world, log } = makeWorld()
  const desk = createTerminalDesk(world)
  const one = makeClient()
  const seat = await desk.attach(HELLO, one.client)
  await vi.advanceTimersByTimeAsync(29 * 60_000)
  seat.input('x')
  await vi.advanceTimersByTimeAsync(29 * 60_000)
  expect(log).not.toContain('end')
  await vi.advanceTimersByTimeAsync(61_000)
  expect(one.last()).toEqual({ type: 'exit', reason: 'idle', code: null })
})

test('a page that does not draw holds the program back', async () => {
  const { world, log, print } = makeWorld()
  const desk = createTerminalDesk(world)
  const one = makeClient()
  const seat = await desk.attach(HELLO, one.client)
  for (let count = 0; count < 5; count += 1) print('x'.repeat(65_536))
  expect(log.filter((line) => line === 'pause')).toHaveLength(1)
  seat.drawn(4 * 65_536)
  expect(log).not.toContain('go on')
  seat.drawn(65_536)
  expect(log.at(-1)).toBe('go on')
})

test('the end of the panel is the end of the program, and waits for it', async () => {
  const { world, log } = makeWorld()
  const desk = createTerminalDesk(world)
  await desk.attach(HELLO, makeClient().client)
  await desk.close()
  expect(log.slice(-2)).toEqual(['end', 'settle'])
  const late = makeClient()
  await desk.attach(HELLO, late.client)
  expect(late.closes).toEqual([1001])
})

test('whoever asks learns who is in it, and hears of each change', async () => {
  const { world, finish } = makeWorld()
  let changes = 0
  const desk = createTerminalDesk(world, () => {
    changes += 1
  })
  expect(desk.state()).toEqual({ isBusy: false })
  const seat = await desk.attach(HELLO, makeClient().client)
  expect(desk.state()).toEqual({
    isBusy: true,
    command: 'onboard',
    startedAt: expect.any(String),
    isAttached: true,
  })
  expect(changes).toBe(1)
  seat.leave(false)
  expect([desk.state().isAttached, changes]).toEqual([false, 2])
  finish(0)
  await vi.advanceTimersByTimeAsync(1)
  // It has ended, though its page may still come back to see how.
  expect([desk.state(), changes]).toEqual([{ isBusy: false }, 3])
})
