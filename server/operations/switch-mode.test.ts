import { expect, it } from 'vitest'
import type { Host, UserFile } from '../host/host.ts'
import { readWanted } from './gateway-container.ts'
import { hostOf, makeWorld, perform } from './image-switch-world.ts'
import { restartGateway } from './start-gateway.ts'
import { replaceUnit } from './switch-mode.ts'

/** A gateway that a unit of Quadlet runs as it should be run, and what starts it anew. */
async function runningService() {
  const world = makeWorld({ kind: 'bundled' })
  const settings = world.state.settings && { ...world.state.settings, mode: 'quadlet' as const }
  world.state = { ...world.state, settings }
  const files = new Map<string, string>([['/home/razroom/.razroom/razroom.json', '{}']])
  const jobs: string[] = []
  const base = hostOf(world)
  const host: Host = Object.assign(base, {
    readFacts: async () => ({ ...facts, hasSystemd: true, hasQuadlet: true }),
    readUserFile: async (_user: unknown, path: string): Promise<UserFile | null> => {
      const text = files.get(path)
      return text === undefined ? null : ({ bytes: new TextEncoder().encode(text), etag: 'e' } as UserFile)
    },
    writeUserFile: async (_user: unknown, file: { path: string; bytes: Uint8Array }) => {
      files.set(file.path, new TextDecoder().decode(file.bytes))
      return { etag: 'e' }
    },
    renameUserFile: async (_user: unknown, from: string, to: string) => {
      files.set(to, files.get(from) ?? '')
      files.delete(from)
    },
    readUnit: async () => ({
      loadState: 'loaded',
      activeState: 'active',
      sourcePath: path,
      fragmentPath: '',
    }),
    dryRunQuadlet: async () => '',
    reloadUnits: async () => undefined,
    resetUnit: async () => void jobs.push('reset'),
    restartUnit: async () => void jobs.push('restart'),
    describeSystemctl: () => '',
  } as unknown as Partial<Host>)
  const facts = await hostOf(world).readFacts()
  const { spec, unit } = await readWanted(host)
  const { path, wanted } = unit
  files.set(path, wanted ?? '')
  const container = await base.inspectContainer({} as never, '')
  const labels = { ...spec.labels, PODMAN_SYSTEMD_UNIT: unit.name }
  const ports = spec.publishes.map(({ address, ...port }) => ({ ...port, hostAddress: address }))
  Object.assign(host, { inspectContainer: async () => ({ ...container, labels, ports }) })
  return { host, files, path, wanted, jobs }
}

it('leaves a gateway alone whose unit is the panel’s own already', async () => {
  const { host, files, path, wanted, jobs } = await runningService()
  expect(await perform(replaceUnit(host))).toBeNull()
  expect(jobs).toEqual([])
  expect(files.get(path)).toBe(wanted)
})

it('starts it anew with the panel’s own unit, and keeps the one that was edited', async () => {
  const { host, files, path, wanted, jobs } = await runningService()
  files.set(path, `${wanted}# mine\n`)
  expect(await perform(replaceUnit(host))).toBeNull()
  expect(jobs).toEqual(['reset', 'restart'])
  expect(files.get(path)).toBe(wanted)
  expect([...files.values()]).toContain(`${wanted}# mine\n`)
})

it('restarts by a person’s wish however often that was before: systemd forgets its count first', async () => {
  const { host, jobs } = await runningService()
  expect(await perform(restartGateway(host))).toBeNull()
  expect(jobs).toEqual(['reset', 'restart'])
})
