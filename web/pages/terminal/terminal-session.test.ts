import { beforeEach, expect, test, vi } from 'vitest'
import type { TerminalMessage } from '../../../contract/terminal.ts'
import { readPlace } from './kept-place.ts'
import type { Screen } from './screen.ts'
import { TerminalSession } from './terminal-session.ts'

const sent: TerminalMessage[] = []
const asked: (string | undefined)[] = []
vi.mock('../../api/terminal.ts', () => ({
  openTerminalLink: ({ resume }: { resume: () => string | undefined }) => {
    asked.push(resume())
    return { send: (message: TerminalMessage) => sent.push(message), close: () => {} }
  },
}))

const STARTED = {
  type: 'started',
  command: 'onboard',
  resume: 'key',
  startedAt: '2026-11-27T10:00:00Z',
  place: 'own',
  isResumed: false,
} as const

/** A screen that draws when it is told to. */
function makeScreen() {
  const waiting: (() => void)[] = []
  let shown = ''
  const screen: Pick<Screen, 'write' | 'clear' | 'focus' | 'size' | 'lastLines'> = {
    write(bytes, onDrawn) {
      waiting.push(() => {
        shown += new TextDecoder().decode(bytes)
        onDrawn()
      })
    },
    clear: () => {
      shown = ''
    },
    focus: () => {},
    size: () => ({ cols: 100, rows: 30 }),
    lastLines: () => shown.split('\n'),
  }
  const draw = () => waiting.splice(0).forEach((work) => void work())
  return { screen: screen as Screen, draw, shown: () => shown }
}

const output = (text: string) => ({ type: 'output', data: btoa(text) }) as const

beforeEach(() => {
  sent.length = 0
  asked.length = 0
  sessionStorage.clear()
})

test('says what it has drawn, once it has', () => {
  const { screen, draw, shown } = makeScreen()
  const session = new TerminalSession('onboard')
  session.open(screen)
  session.take(STARTED)
  session.take(output('hello'))
  expect(sent).toEqual([])
  draw()
  expect(shown()).toBe('hello')
  expect(sent).toEqual([{ type: 'drawn', bytes: 5 }])
})

test('what the screen answers to a replay was answered before', () => {
  const { screen, draw } = makeScreen()
  const session = new TerminalSession('onboard')
  session.open(screen)
  session.take(STARTED)
  session.take({ ...output('\x1b[6n'), isReplay: true })
  session.type('\x1b[1;1R')
  expect(sent).toEqual([])
  draw()
  session.type('y')
  expect(sent).toEqual([{ type: 'input', data: 'y' }])
})

test('a long paste goes in pieces that are whole characters', () => {
  const { screen } = makeScreen()
  const session = new TerminalSession('onboard')
  session.open(screen)
  const text = '😀'.repeat(1_500)
  session.type(text)
  const pieces = sent.map((message) => (message.type === 'input' ? message.data : ''))
  expect(pieces.join('')).toBe(text)
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(2_048)
})

test('a reload finds back, until the program has ended', () => {
  const { screen, draw } = makeScreen()
  const session = new TerminalSession('onboard')
  session.open(screen)
  session.take(STARTED)
  const kept = readPlace()
  expect(kept).toEqual({ command: 'onboard', resume: 'key' })
  new TerminalSession('onboard', kept ?? undefined).open(makeScreen().screen)
  expect(asked).toEqual([undefined, 'key'])
  session.take(output('no such file'))
  session.take({ type: 'exit', reason: 'ended', code: 1 })
  expect(session.ended.value).toBeNull()
  draw()
  expect(session.ended.value).toEqual({ reason: 'ended', code: 1, lastLines: ['no such file'] })
  expect(readPlace()).toBeNull()
})

test.each(['{', '"x"', '{"command":"rm","resume":"x"}', '{"command":"onboard","resume":1}'])(
  'what is kept and not ours, %s, is left alone',
  (text) => {
    sessionStorage.setItem('razroom-panel.terminal', text)
    expect(readPlace()).toBeNull()
  },
)
