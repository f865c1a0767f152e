import { expect, test } from 'vitest'
import {
  checkCgroups,
  checkClock,
  checkHelpers,
  checkMemory,
  checkPodmanVersion,
  checkRoom,
  checkRuntime,
} from './machine-checks.ts'

const GIB = 1_073_741_824
const facts = {
  arch: 'x64',
  os: 'Debian GNU/Linux 13 (trixie)',
  hasSystemd: true,
  cgroups: 'v2' as const,
  hasPidsController: true,
  podmanVersion: '5.4.2',
  runtimes: ['crun'],
  hasCatatonit: true,
  hasUidmap: true,
  memoryBytes: 4 * GIB,
}
const ids = ({ findings }: { findings: readonly { id: string; severity: string }[] }) =>
  findings.map(({ id, severity }) => `${id} ${severity}`)

test('a machine as it should be has no finding', () => {
  expect(checkPodmanVersion(facts, 'quadlet')).toEqual({
    said: 'Debian GNU/Linux 13 (trixie), podman 5.4.2',
    findings: [],
  })
  expect(checkHelpers(facts).findings).toEqual([])
  expect(checkRuntime(facts)).toEqual({ said: 'found crun', findings: [] })
  expect(checkCgroups(facts, ['cpu', 'memory', 'pids']).findings).toEqual([])
})

test('podman that is missing, too old, or cannot serve the mode', () => {
  expect(ids(checkPodmanVersion({ ...facts, podmanVersion: null }, null))).toEqual(['podman.missing error'])
  expect(ids(checkPodmanVersion({ ...facts, podmanVersion: '3.4.4' }, 'container'))).toEqual([
    'podman.too-old error',
  ])
  expect(ids(checkPodmanVersion({ ...facts, cgroups: 'hybrid' }, 'quadlet'))).toEqual(['podman.mode error'])
  expect(ids(checkPodmanVersion({ ...facts, cgroups: 'hybrid' }, 'container'))).toEqual([])
})

test('Debian 12 is well: Quadlet is only a note, and only under systemd', () => {
  const older = { ...facts, podmanVersion: '4.3.1' }
  expect(ids(checkPodmanVersion(older, 'quadlet'))).toEqual(['podman.no-quadlet info'])
  expect(ids(checkPodmanVersion({ ...older, hasSystemd: false }, 'container'))).toEqual([])
})

test('helpers and runtimes that are not installed', () => {
  expect(ids(checkHelpers({ ...facts, hasUidmap: false, hasCatatonit: false }))).toEqual([
    'podman.uidmap error',
    'podman.catatonit warning',
  ])
  expect(ids(checkRuntime({ ...facts, runtimes: [] }))).toEqual(['podman.runtime error'])
  expect(ids(checkRuntime({ ...facts, cgroups: 'hybrid', runtimes: ['crun', 'runc'] }))).toEqual([
    'machine.cgroups info',
  ])
})

test('controllers that are not handed on are a note, where the machine has them', () => {
  expect(ids(checkCgroups(facts, ['cpu']))).toEqual(['cgroups.delegation info'])
  expect(ids(checkCgroups({ ...facts, hasPidsController: false }, ['memory']))).toEqual([
    'machine.pids-controller info',
  ])
  expect(checkCgroups({ ...facts, cgroups: 'hybrid' }, null)).toEqual({
    said: 'cgroups hybrid',
    findings: [],
  })
})

test('room: bytes and inodes, and file systems without a number of those', () => {
  const inodes = { free: 500_000, total: 1_000_000 }
  expect(checkRoom(facts, { freeBytes: 20 * GIB, inodes }).findings).toEqual([])
  expect(ids(checkRoom(facts, { freeBytes: GIB, inodes }))).toEqual(['machine.disk warning'])
  expect(ids(checkRoom(facts, { freeBytes: 0, inodes: { free: 0, total: 5 } }))).toEqual([
    'machine.disk error',
    'machine.inodes error',
  ])
  expect(checkRoom(facts, { freeBytes: 20 * GIB, inodes: { free: 0, total: 0 } }).findings).toEqual([])
})

test('memory: killed by the kernel, or too little left for a start', () => {
  const memory = { availableBytes: 2 * GIB, swapFreeBytes: 0, wasKilled: false, isRunning: false }
  expect(checkMemory(facts, memory).findings).toEqual([])
  expect(ids(checkMemory(facts, { ...memory, wasKilled: true }))).toEqual(['memory.killed error'])
  expect(ids(checkMemory(facts, { ...memory, availableBytes: 1 }))).toEqual(['memory.low warning'])
  expect(checkMemory(facts, { ...memory, availableBytes: 1, isRunning: true }).findings).toEqual([])
})

test('a clock that is behind what was made here', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(checkClock(now, [['the image', now - 1]]).findings).toEqual([])
  expect(checkClock(now, [['the image', now + 60_000]]).findings).toEqual([])
  expect(checkClock(now, [['the image', Number.NaN]]).findings).toEqual([])
  const [finding] = checkClock(now, [
    ['the image', now + 86_400_000],
    ['the last update', now + 2 * 86_400_000],
  ]).findings
  expect(finding).toMatchObject({ id: 'clock.behind', severity: 'warning', certainty: 'likely' })
  expect(finding?.evidence).toContain('the last update is of 2026-01-03')
})
