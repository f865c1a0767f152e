import { expect, test, vi } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { HostError } from '../errors.ts'
import { createEventBus } from '../events.ts'
import type { Call, RequestKey } from '../http/bind-routes.ts'
import { makeFileWorld, PATHS } from '../operations/test-file-world.ts'
import { configRoutes } from './config.ts'
import type { PanelDeps } from './deps.ts'
import { envRoutes } from './env.ts'
import { settingsRoutes } from './settings.ts'

const world = makeFileWorld()
const failing = {
  refresh: () => Promise.reject(new HostError('COMMAND_FAILED', { detail: 'podman ended' })),
} as Partial<PanelDeps['monitor']> as PanelDeps['monitor']
const host: PanelDeps['host'] = { ...world.host, updateState: () => world.host.readState() }
const deps = { host, bus: createEventBus(), monitor: failing } as Partial<PanelDeps> as PanelDeps

/** A call as a command makes it: it may change what a page may not. */
function call<K extends RequestKey>(parts: Partial<Call<K>>): Call<K> {
  const reply = { header: () => reply } as Partial<Call<K>['reply']> as Call<K>['reply']
  const request = { startedBy: 'cli' } as Partial<Call<K>['request']> as Call<K>['request']
  return { request, reply, ...parts } as Call<K>
}

test('what was saved is said to be saved, though podman cannot be asked after it', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  world.put(PATHS.envFile, 'A=1\n')
  world.put(PATHS.configFile, '{}')

  const settings = await settingsRoutes(deps)['PUT /api/settings'](
    call({ body: { allowedHosts: ['panel:1'] } }),
  )
  expect(settings).toEqual({ ...defaultSettings(), allowedHosts: ['panel:1'] })

  const config = await configRoutes(deps)['PUT /api/config'](
    call({
      body: { text: '{ gateway: { mode: "local" } }', anyway: true },
      ifMatch: world.etag(PATHS.configFile),
    }),
  )
  expect(config).toMatchObject({ changed: true, etag: world.etag(PATHS.configFile) })

  const env = await envRoutes(deps)['PUT /api/env'](
    call({ body: { text: 'A=2\n' }, ifMatch: world.etag(PATHS.envFile) }),
  )
  expect(env).toMatchObject({ changed: true, restartRequired: false, etag: world.etag(PATHS.envFile) })

  expect(log.mock.calls.map(([what]) => what)).toEqual(['status:', 'status:', 'status:'])
  log.mockRestore()
})
