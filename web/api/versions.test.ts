import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FileVersion } from '../../contract/versions.ts'
import { forgetVersions, versions } from '../state/versions.ts'
import { goBack, readDifference } from './versions.ts'

const calls: [string, string, string | null][] = []
let restored: () => Response

const version = (id: string, etag: string, isCurrent = false): FileVersion => ({
  id,
  at: '2026-03-01T12:00:00Z',
  by: 'page',
  etag,
  sizeBytes: 1,
  isCurrent,
  added: 0,
  removed: 0,
})
const good = version('1-0000000a', 'good')
const listAfter = [version('3-0000000c', 'good', true), version('2-0000000b', 'bad'), good]

beforeEach(() => {
  calls.length = 0
  forgetVersions()
  restored = () => new Response(JSON.stringify({ etag: 'good', changed: true, restartRequired: true }))
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string, init: RequestInit) => {
      calls.push([init.method ?? '', url, new Headers(init.headers).get('if-match')])
      return init.method === 'POST' ? restored() : new Response(JSON.stringify(listAfter))
    }),
  )
})
afterEach(() => vi.unstubAllGlobals())

test.each(['env', 'config'] as const)(
  'going back in %s names the file as it was, and keeps the way back',
  async (file) => {
    expect(await goBack(file, good, 'bad')).toBe(true)
    expect(calls).toEqual([
      ['POST', `/api/${file}/versions/1-0000000a/restore`, '"bad"'],
      ['GET', `/api/${file}/versions`, null],
    ])
    expect(versions[file].stepBack.value?.to).toEqual(good)
    expect(versions[file].stepBack.value?.before?.id).toBe('2-0000000b')
    expect(versions[file].isBusy.value).toBe(false)
  },
)

test('a step back that is refused is a problem to show, and no step back', async () => {
  const problem = {
    type: 'about:blank',
    title: 'changed',
    status: 412,
    code: 'CONFIG_CHANGED',
    hint: 'Look.',
  }
  restored = () => new Response(JSON.stringify(problem), { status: 412 })
  expect(await goBack('config', good, 'bad')).toBe(false)
  expect(versions.config.problem.value?.code).toBe('CONFIG_CHANGED')
  expect(versions.config.stepBack.value).toBeNull()
})

test('a difference is asked for by version and side', async () => {
  await readDifference('config', good.id, 'current')
  expect(calls).toEqual([['GET', '/api/config/versions/1-0000000a?against=current', null]])
})
