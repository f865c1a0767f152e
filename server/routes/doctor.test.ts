import { expect, test } from 'vitest'
import type { Call, Handlers, RequestKey } from '../http/bind-routes.ts'
import { makeDoctorWorld } from '../operations/test-doctor-world.ts'
import type { PanelDeps } from './deps.ts'
import { doctorRoutes } from './doctor.ts'

const world = makeDoctorWorld()
world.break({ readLogBefore: async () => ({ lines: [], hasMore: false }) })
const runner = { list: () => [] } as Partial<PanelDeps['runner']> as PanelDeps['runner']
const routes = doctorRoutes({ doctor: world.options, runner, remember: () => {} })

/** Asks the same so many times at once, as impatient clicks do. */
function askAtOnce<K extends RequestKey>(handler: Handlers[K], parts: Partial<Call<K>>, times: number) {
  return Promise.all(Array.from({ length: times }, async () => handler(parts as Call<K>)))
}

test('who asks for a look, or for the text of it, while one goes on gets its answer', async () => {
  const looks = await askAtOnce<'GET /api/doctor'>(routes['GET /api/doctor'], { query: {} }, 3)
  expect(new Set(looks).size).toBe(1)
  const bundles = await askAtOnce<'GET /api/doctor/bundle'>(routes['GET /api/doctor/bundle'], {}, 3)
  expect(new Set(bundles).size).toBe(1)
  const [later] = await askAtOnce<'GET /api/doctor/bundle'>(routes['GET /api/doctor/bundle'], {}, 1)
  expect(later).not.toBe(bundles[0])
})
