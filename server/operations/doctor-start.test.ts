import { expect, test } from 'vitest'
import { HostError } from '../errors.ts'
import { CHECKS } from './doctor.ts'
import { examineStart } from './doctor-start.ts'
import { type DoctorWorld, makeDoctorWorld, TOKEN } from './test-doctor-world.ts'
import { PATHS } from './test-file-world.ts'

const idsOf = ({ checks }: { checks: readonly { id: string }[] }) => checks.map(({ id }) => id)

/** The container has ended with these last lines. */
function end(world: DoctorWorld, ...lines: string[]): void {
  const { container } = world
  if (!container) throw new Error('the world has a container')
  world.container = { ...container, running: false, status: 'exited', exitCode: 1 }
  world.break({ readContainerLogs: async () => lines })
}

test('a line that is known: its cause is found, with its mend, by the checks for it alone', async () => {
  const world = makeDoctorWorld()
  end(world, 'Gateway start blocked: set gateway.mode=local (current: remote) or pass --allow-unconfigured.')
  world.put(PATHS.configFile, '{ gateway: { mode: "remote" } }\n')
  const report = await examineStart(world.options)
  expect(idsOf(report)).toEqual(['config', 'gateway', 'ports', 'unit', 'owner', 'image', 'env', 'disk'])
  expect(report.findings[0]).toMatchObject({ id: 'config.findings', fix: {} })
})

test('who holds the port is told though the gateway wrote nothing, and every usual reason is looked at', async () => {
  const world = makeDoctorWorld()
  world.container = null
  world.break({
    findPortHolder: async (port) =>
      port === 18789 ? { address: '127.0.0.1', port, uid: 0, pid: 7, program: 'x' } : null,
  })
  const report = await examineStart(world.options)
  expect(report.findings[0]).toMatchObject({ id: 'port.18789', hint: expect.stringContaining('kill 7') })
  expect(idsOf(report)).toEqual(expect.arrayContaining(['files', 'memory', 'podman-use', 'helpers']))
  expect(report.checks.some(({ isSlow }) => isSlow)).toBe(false)
  expect(report.checks.length).toBeLessThan(CHECKS.length)
})

test('where podman cannot be asked, that is the finding', async () => {
  const world = makeDoctorWorld()
  world.break({
    inspectContainer: async () => {
      throw new HostError('COMMAND_FAILED', { detail: `podman fell over ${TOKEN}` })
    },
  })
  const report = await examineStart(world.options)
  expect(report.findings[0]).toMatchObject({ id: 'podman.unusable', evidence: 'podman fell over ***' })
})
