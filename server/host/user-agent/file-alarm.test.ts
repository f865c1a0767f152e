import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFileAlarm, type FileAlarm } from './file-alarm.ts'

const PATH = '/nowhere/gateway.log'

let closing: AbortController
let woken: string[]

beforeEach(() => {
  vi.useFakeTimers()
  closing = new AbortController()
  woken = []
})
afterEach(() => {
  closing.abort()
  vi.useRealTimers()
})

function busyAlarm(signal = closing.signal): FileAlarm {
  const alarm = createFileAlarm(PATH, signal)
  alarm.noteData()
  return alarm
}
const wait = (name: string, alarm: FileAlarm) => alarm.wait(false).then(() => woken.push(name))

test('who waits for more of a busy file is woken with all others, by one timer', async () => {
  const [first, second] = [busyAlarm(), busyAlarm()]
  const all = [wait('first', first)]
  await vi.advanceTimersByTimeAsync(5)
  all.push(wait('second', second))
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(3)
  await Promise.all(all)
  expect(woken).toEqual(['first', 'second'])
  expect(vi.getTimerCount()).toBe(0)
})

test('who is told to stop does not wait for the others, and takes nothing from them', async () => {
  const stopping = new AbortController()
  const all = [wait('stopped', busyAlarm(stopping.signal)), wait('other', busyAlarm())]
  stopping.abort()
  await all[0]
  expect(woken).toEqual(['stopped'])
  await vi.advanceTimersByTimeAsync(8)
  await all[1]
  expect(woken).toEqual(['stopped', 'other'])
})

test('a beat that nobody waits for any more is the next one of who comes', async () => {
  const stopping = new AbortController()
  const stopped = wait('stopped', busyAlarm(stopping.signal))
  stopping.abort()
  await stopped
  const next = wait('next', busyAlarm())
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(8)
  await next
  expect(woken).toEqual(['stopped', 'next'])
})
