import { afterEach, expect, test } from 'vitest'
import type { Login } from '../../../contract/login-endpoints.ts'
import { runTestCli, startTestPanel, type TestPanel } from '../test-panel.ts'

const LOGIN: Login = {
  id: '0a1b2c3d',
  createdAt: '2026-11-23T10:00:00.000Z',
  lastSeenAt: '2026-11-23T11:30:00.000Z',
  expiresAt: '2026-11-23T23:30:00.000Z',
  isThis: false,
}
let logins: Login[] = []
let panel: TestPanel | undefined
afterEach(() => panel?.close())

async function run(...words: string[]) {
  panel = await startTestPanel({
    'GET /api/sessions': () => logins,
    'DELETE /api/sessions': () => ({ ended: logins.length }),
  })
  return runTestCli(['sessions', ...words], { panel })
}

test('list shows each login, or that there is none', async () => {
  logins = [LOGIN]
  expect((await run('list')).stdout).toMatch(
    /^0a1b2c3d {2}since 2026-11-23 \S+.*, last used 2026-11-23 .*\n$/,
  )
  await panel?.close()
  expect(JSON.parse((await run('list', '--json')).stdout)).toEqual([LOGIN])
  await panel?.close()
  logins = []
  expect((await run('list')).stdout).toBe('Nobody is logged in.\n')
})

test('end says how many it ended', async () => {
  logins = [LOGIN]
  expect((await run('end')).stdout).toBe('Ended: 1 login.\n')
  await panel?.close()
  logins = [LOGIN, LOGIN]
  expect(JSON.parse((await run('end', '--json')).stdout)).toEqual({ ended: 2 })
})

test.each([[[]], [['stop']], [['end', 'all']]])('%j is no way to use it', async (words) => {
  expect((await run(...words)).code).toBe(2)
})
