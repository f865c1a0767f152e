import { expect, test, vi } from 'vitest'
import type { DoctorReport } from '../../contract/doctor.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { HostError } from '../errors.ts'
import type { ContainerFacts } from '../host/host.ts'
import { CHECKS, examine } from './doctor.ts'
import { checkPorts } from './gateway-container.ts'
import { makeDoctorWorld, TOKEN } from './test-doctor-world.ts'
import { PATHS, USER } from './test-file-world.ts'

const bad = ({ findings }: DoctorReport) =>
  findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id)
const outcomes = ({ checks }: DoctorReport, outcome: string) =>
  checks.filter((check) => check.outcome === outcome).map(({ id }) => id)

test('a machine that is well: every check answers, and what does not apply says why', async () => {
  const { options } = makeDoctorWorld()
  const report = await examine(options, true)
  expect({ bad: bad(report), failed: outcomes(report, 'failed') }).toEqual({ bad: [], failed: [] })
  expect(report.checks.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id))
  expect(outcomes(report, 'skipped')).toEqual([
    'unit',
    'unit-dry-run',
    'network-wait',
    'owner',
    'linger',
    'user-manager',
  ])
  expect(report.checks.every(({ looked, said }) => looked !== '' && said !== '')).toBe(true)
})

test('slow checks run only when they are asked for', async () => {
  const { options } = makeDoctorWorld()
  const { checks } = await examine(options, false)
  expect(checks.some(({ isSlow }) => isSlow)).toBe(false)
  expect(checks.length).toBe(CHECKS.filter(({ isSlow }) => !isSlow).length)
})

test('before a setup the machine is looked at, and the rest is left out', async () => {
  const { options, ...world } = makeDoctorWorld()
  const state = await options.host.readState()
  world.break({ readState: async () => ({ ...state, settings: null }) })
  const report = await examine(options, true)
  expect(bad(report)).toEqual([])
  expect(outcomes(report, 'failed')).toEqual([])
  expect(outcomes(report, 'ok')).toContain('helpers')
  expect(outcomes(report, 'skipped')).toContain('env')
})

test('a check that fails says why and keeps no other from its answer', async () => {
  const { options, ...world } = makeDoctorWorld()
  world.break({
    inspectContainer: async () => {
      throw new HostError('COMMAND_FAILED', { detail: `podman fell over ${TOKEN}` })
    },
    readMemory: async () => {
      throw new Error('a defect')
    },
  })
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const report = await examine(options, false)
  expect(logged).toHaveBeenCalledWith('doctor, memory:', expect.any(Error))
  logged.mockRestore()
  expect(bad(report)).toEqual(['podman.unusable'])
  expect(outcomes(report, 'ok')).toEqual(expect.arrayContaining(['env', 'config', 'subids', 'helpers']))
  const said = new Map(report.checks.map((check) => [check.id, check.said]))
  expect(said.get('gateway')).toBe('podman fell over ***')
  expect(said.get('memory')).not.toContain('a defect')
  expect(JSON.stringify(report)).not.toContain(TOKEN)
})

test('ports of a container that is just being started are its own; those of another program are not', async () => {
  const { options, ...world } = makeDoctorWorld()
  const { container } = world
  const holder = { address: '127.0.0.1', port: 18_789, pid: 7, program: 'pasta', uid: USER.uid }
  let looks = 0
  world.break({
    findPortHolder: async (port) => (port === holder.port ? holder : null),
    inspectContainer: async () => {
      looks += 1
      return container && { ...container, running: looks > 2 }
    },
  })
  expect(bad(await examine(options, false))).not.toContain('port.18789')
  world.break({ inspectContainer: async () => null })
  expect(bad(await examine(options, false))).toContain('port.18789')
})

test('ports of a paused gateway, and of one in the host’s own network, stop no start', async () => {
  const { options, ...world } = makeDoctorWorld()
  const container = await options.host.inspectContainer(USER, '')
  if (!container) throw new Error('the world has a container')
  const holder = { address: '127.0.0.1', port: 18_789, pid: 7, program: 'pasta', uid: USER.uid }
  world.break({ findPortHolder: async (port) => (port === holder.port ? holder : null) })
  const check = (present: ContainerFacts) => checkPorts(options.host, defaultSettings(), present)
  await expect(check({ ...container, running: false, status: 'paused' })).resolves.toContain('itself')
  await expect(check({ ...container, networkMode: 'host', ports: [] })).resolves.toBeDefined()
  await expect(check({ ...container, running: false, status: 'exited' })).rejects.toThrow()
  world.break({ findPortHolder: async () => ({ ...holder, uid: 0 }) })
  await expect(check({ ...container, networkMode: 'host', ports: [] })).rejects.toThrow()
})

test('findings come with their check, the worst first', async () => {
  const { options, ...world } = makeDoctorWorld()
  world.put(PATHS.envFile, `RAZROOM_GATEWAY_TOKEN=${TOKEN}\nNAME="quoted"\n`)
  world.put(PATHS.configFile, '{ gateway: ')
  const report = await examine(options, false)
  expect(report.findings.filter(({ severity }) => severity !== 'info')).toMatchObject([
    { id: 'config.findings', check: 'config', severity: 'error', page: '/configuration' },
    { id: 'env.findings', check: 'env', severity: 'warning', page: '/environment' },
  ])
  expect(outcomes(report, 'failed')).toEqual([])
  expect(outcomes(report, 'skipped')).toContain('token')
})

test('in the host’s own network the gateway’s process is not taken for somebody else', async () => {
  const { options, ...world } = makeDoctorWorld()
  const { container } = await options.host
    .inspectContainer({} as never, '')
    .then((found) => ({ container: found }))
  if (!container) throw new Error('the world has a container')
  world.break({
    inspectContainer: async () => ({ ...container, networkMode: 'host', ports: [] }),
    findPortHolder: async (port) => ({ address: '0.0.0.0', port, uid: 900, pid: 43, program: 'node' }),
  })
  expect(bad(await examine(options, false))).toEqual(['network.host-loopback'])
})
