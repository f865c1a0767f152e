import { expect, test } from 'vitest'
import { type MachineFacts, type PreflightInput, preflight } from './findings.ts'

const GIB = 1024 ** 3
const facts: MachineFacts = {
  arch: 'x64',
  hasSystemd: true,
  hasPidsController: true,
  podmanVersion: '5.4.2',
  hasCatatonit: true,
  hasUidmap: true,
  memoryBytes: 4 * GIB,
  cgroups: 'v2',
  runtimes: ['crun'],
}
const good: PreflightInput = { facts, portHolders: [], diskFreeBytes: 20 * GIB }
const found = (change: Partial<MachineFacts>, rest: Partial<PreflightInput> = {}) =>
  preflight({ ...good, ...rest, facts: { ...facts, ...change } }).map(
    ({ severity, id }) => `${severity} ${id}`,
  )

test('an ordinary machine has no findings', () => {
  expect(preflight(good)).toEqual([])
})

test.each([
  [{ arch: 'arm64' }, []],
  [{ arch: 'aarch64' }, []],
  [{ arch: 'riscv64' }, ['error machine.platform']],
  [{ hasSystemd: false }, ['info machine.systemd']],
  [{ podmanVersion: null }, ['error podman.missing']],
  [{ podmanVersion: '3.4.4' }, ['error podman.too-old']],
  [{ podmanVersion: 'nonsense' }, ['error podman.too-old']],
  [{ podmanVersion: '4.3.1' }, ['info podman.no-quadlet']],
  [{ podmanVersion: '4.4.0-rc1' }, []],
  [{ podmanVersion: '4.10.0' }, []],
  [{ hasUidmap: false }, ['error podman.uidmap']],
  [{ hasCatatonit: false }, ['warning podman.catatonit']],
  [{ runtimes: [] }, ['error podman.runtime']],
  [{ cgroups: 'hybrid', runtimes: ['crun'] }, ['error podman.runtime']],
  [{ cgroups: 'hybrid', runtimes: ['crun', 'runc'] }, ['info machine.cgroups']],
  [{ hasPidsController: false }, ['info machine.pids-controller']],
  [{ memoryBytes: GIB - 1 }, ['warning machine.memory']],
] satisfies [Partial<MachineFacts>, string[]][])('%j: %j', (change, wanted) => {
  expect(found(change)).toEqual(wanted)
})

test.each([
  [2 * GIB, []],
  [2 * GIB - 1, ['warning machine.disk']],
  [300 * 1024 ** 2, ['warning machine.disk']],
  [300 * 1024 ** 2 - 1, ['error machine.disk']],
])('%i bytes free: %j', (diskFreeBytes, wanted) => {
  expect(found({}, { diskFreeBytes })).toEqual(wanted)
})

test('a port that is in use: who holds it', () => {
  const evidence = (holder: { pid?: number; program?: string }) =>
    preflight({ ...good, portHolders: [{ address: '0.0.0.0', port: 18789, uid: 1000, ...holder }] })[0]
  expect(evidence({ pid: 77, program: 'nginx' })).toMatchObject({
    severity: 'error',
    title: 'Port 18789 is in use',
    evidence: 'nginx (pid 77, uid 1000) listens on 0.0.0.0:18789',
  })
  expect(evidence({})?.evidence).toBe('a process (of the user with uid 1000) listens on 0.0.0.0:18789')
})

test('the worst comes first', () => {
  expect(found({ podmanVersion: '4.3.1', hasCatatonit: false }, { diskFreeBytes: 0 })).toEqual([
    'error machine.disk',
    'warning podman.catatonit',
    'info podman.no-quadlet',
  ])
})
