import { expect, test } from 'vitest'
import { knownFrom, knownFromNotes, lifecycleNotes, type SeenContainer } from './gateway-lifecycle.ts'

const NEVER = '0001-01-01T00:00:00Z'
const RUNNING: SeenContainer = {
  id: 'a',
  running: true,
  exitCode: 0,
  oomKilled: false,
  startedAt: '2026-11-28T04:00:00.123Z',
  finishedAt: NEVER,
  imageId: 'sha256:0123456789abcdef',
  imageName: 'localhost/razroom:bundled',
}
const ENDED: SeenContainer = {
  ...RUNNING,
  running: false,
  exitCode: 1,
  finishedAt: '2026-11-28T04:01:00Z',
}
const actions = (known: Parameters<typeof lifecycleNotes>[0], seen: SeenContainer | null) =>
  lifecycleNotes(known, seen).map(({ action, outcome }) => `${action} ${outcome}`)
const KNOWN = knownFrom(null, RUNNING)

test('a first start is told with its time and image, and nothing when nothing has changed', () => {
  const [note, ...more] = lifecycleNotes(null, RUNNING)
  expect(note).toMatchObject({ action: 'gateway.started', what: 'The gateway started' })
  expect(note?.details).toContainEqual({ name: 'at', value: RUNNING.startedAt })
  expect(note?.details).toContainEqual({ name: 'image ID', value: '0123456789ab' })
  expect(more).toEqual([])
  expect(lifecycleNotes(KNOWN, RUNNING)).toEqual([])
})

test('an end is told with its exit code, once; an orderly one is no failure', () => {
  expect(actions(KNOWN, ENDED)).toEqual(['gateway.ended failed'])
  expect(lifecycleNotes(KNOWN, ENDED)[0]?.details).toEqual([
    { name: 'at', value: ENDED.finishedAt },
    { name: 'exit code', value: '1' },
  ])
  expect(actions(KNOWN, { ...ENDED, exitCode: 143 })).toEqual(['gateway.ended done'])
  expect(actions(knownFrom(KNOWN, ENDED), ENDED)).toEqual([])
})

test('out of memory is a failure whatever the code', () => {
  const [note] = lifecycleNotes(KNOWN, { ...ENDED, exitCode: 0, oomKilled: true })
  expect(note).toMatchObject({ outcome: 'failed', what: expect.stringContaining('memory') })
})

test('a restart between two looks is an end and a start; one that failed at once has its end too', () => {
  const again = { ...RUNNING, id: 'b', startedAt: '2026-11-28T04:02:00Z' }
  expect(actions(KNOWN, again)).toEqual(['gateway.ended done', 'gateway.started done'])
  expect(actions(knownFrom(KNOWN, ENDED), { ...ENDED, startedAt: again.startedAt })).toEqual([
    'gateway.started done',
    'gateway.ended failed',
  ])
})

test('a container that is gone has ended; one that was created has not begun', () => {
  expect(actions(KNOWN, null)).toEqual(['gateway.ended done'])
  expect(actions(knownFrom(KNOWN, null), null)).toEqual([])
  expect(actions(null, { ...RUNNING, running: false, startedAt: NEVER })).toEqual([])
})

test('of a container that went at its end its unit tells how it failed', () => {
  const [note, ...more] = lifecycleNotes(KNOWN, null, { exitCode: 1, oomKilled: false })
  expect(note).toMatchObject({ outcome: 'failed', details: [{ name: 'exit code', value: '1' }] })
  expect(more).toEqual([])
  expect(lifecycleNotes(KNOWN, null, { exitCode: 137, oomKilled: true })[0]?.what).toContain('memory')
  // The unit speaks of the last run: of one that another has followed it knows nothing any more.
  const again = { ...RUNNING, id: 'b', startedAt: '2026-11-28T04:02:00Z' }
  expect(lifecycleNotes(KNOWN, again, { exitCode: 1, oomKilled: false })[0]?.details).toEqual([])
})

test('another image is said', () => {
  const next = { ...RUNNING, startedAt: '2026-11-28T05:00:00Z', imageId: 'sha256:ffff' }
  expect(lifecycleNotes(knownFrom(KNOWN, ENDED), next)[0]?.what).toBe(
    'The gateway started with another image',
  )
})

test('a panel that comes back knows from the notes what was told', () => {
  const [start] = lifecycleNotes(null, RUNNING)
  const [end] = lifecycleNotes(KNOWN, ENDED)
  if (!start || !end) throw new Error('both are told')
  expect(knownFromNotes([])).toBeNull()
  expect(knownFromNotes([start])).toEqual(KNOWN)
  expect(actions(knownFromNotes([start]), ENDED)).toEqual(['gateway.ended failed'])
  expect(actions(knownFromNotes([end, start]), ENDED)).toEqual([])
})
