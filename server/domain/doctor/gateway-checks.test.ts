import { expect, test } from 'vitest'
import type { GatewayStatus } from '../../../contract/schemas.ts'
import {
  checkGateway,
  checkImage,
  checkLaunchScript,
  checkPanel,
  checkPending,
  checkSeLinux,
} from './gateway-checks.ts'

const now = Date.parse('2026-01-01T01:00:00Z')
const gateway: GatewayStatus = {
  state: 'running',
  mode: 'quadlet',
  healthy: true,
  startsAtBoot: true,
  ports: { address: '127.0.0.1', gateway: 18_789, bridge: 18_790 },
  url: 'http://127.0.0.1:18789/',
  containerName: 'razroom',
  since: '2026-01-01T00:00:00Z',
}
const of = (part: Partial<GatewayStatus>) => checkGateway({ gateway: { ...gateway, ...part } }, now)

test('a gateway that answers, or is still starting', () => {
  expect(of({}).findings).toEqual([])
  expect(of({ healthy: false, since: '2026-01-01T00:59:00Z' })).toEqual({
    said: 'it is starting',
    findings: [],
  })
})

test('one that ended, with its last fatal line', () => {
  const fatal = { line: 'Config invalid', meaning: 'razroom.json is not valid.', hint: 'Correct it.' }
  expect(of({ state: 'failed', healthy: false, exitCode: 1, fatal }).findings).toMatchObject([
    { id: 'gateway.failed', severity: 'error', title: fatal.meaning, evidence: fatal.line, hint: fatal.hint },
  ])
  expect(of({ state: 'failed', exitCode: 137 }).findings).toMatchObject([
    { title: 'The gateway ended by itself', evidence: 'exit code 137' },
  ])
})

test('stopped on purpose is a note; silent for long is a warning', () => {
  expect(of({ state: 'stopped' }).findings).toMatchObject([{ id: 'gateway.stopped', severity: 'info' }])
  expect(of({ state: 'absent' }).findings).toMatchObject([{ id: 'gateway.absent', severity: 'info' }])
  expect(of({ healthy: false }).findings).toMatchObject([{ id: 'gateway.silent', severity: 'warning' }])
})

test('what waits for a restart is a note', () => {
  expect(checkPending({ gateway, restartReasons: [] }).findings).toEqual([])
  expect(checkPending({ gateway, restartReasons: ['A changed'] }).findings).toMatchObject([
    { id: 'gateway.restart-pending', severity: 'info', evidence: 'A changed' },
  ])
})

test('the image: there, missing, or another than the one that runs', () => {
  const image = { id: 'sha256:aaaabbbbccccdddd', createdAt: '2026-01-01T00:00:00Z' }
  const seen = { reference: 'localhost/razroom:bundled', image, runningId: 'aaaabbbbccccdddd' }
  expect(checkImage(seen).findings).toEqual([])
  expect(checkImage({ ...seen, runningId: null }).findings).toEqual([])
  expect(checkImage({ ...seen, image: null }).findings).toMatchObject([
    { id: 'image.missing', severity: 'error' },
  ])
  expect(checkImage({ ...seen, runningId: 'other' }).findings).toMatchObject([
    { id: 'image.newer', severity: 'info' },
  ])
})

test('the launch script is never worse than a note', () => {
  expect(checkLaunchScript('/s', 'current').findings).toEqual([])
  expect(checkLaunchScript('/s', 'outdated').findings).toMatchObject([{ severity: 'info' }])
  expect(checkLaunchScript('/s', 'absent').findings).toMatchObject([{ id: 'launch-script.absent' }])
})

test('SELinux matters where it is enforcing and mounts have no label', () => {
  expect(checkSeLinux(false, false).findings).toEqual([])
  expect(checkSeLinux(true, true).findings).toEqual([])
  expect(checkSeLinux(true, null).findings).toEqual([])
  expect(checkSeLinux(true, false).findings).toMatchObject([
    { id: 'selinux.labels', severity: 'warning', certainty: 'likely' },
  ])
})

test('the panel: running, stopped, of another version', () => {
  const unit = {
    name: 'razroom-panel.service',
    loadState: 'loaded',
    activeState: 'active',
    needsReload: false,
  }
  const root = { ...unit, name: 'razroom-panel-host.service' }
  const facts = { version: '1.0.0', installedVersion: '1.0.0', units: [unit, root] }
  const ids = (part: Partial<Parameters<typeof checkPanel>[0]>) =>
    checkPanel({ ...facts, ...part }).findings.map(({ id, severity }) => `${id} ${severity}`)
  expect(ids({})).toEqual([])
  expect(ids({ units: [], installedVersion: null })).toEqual([])
  expect(ids({ units: [{ ...unit, loadState: 'not-found', activeState: 'inactive' }] })).toEqual([])
  expect(ids({ units: [{ ...unit, activeState: 'failed' }, root] })).toEqual(['panel.stopped warning'])
  // It starts when it is called.
  expect(ids({ units: [unit, { ...root, activeState: 'inactive' }] })).toEqual([])
  expect(ids({ units: [unit, { ...root, needsReload: true }] })).toEqual(['panel.reload info'])
  expect(ids({ installedVersion: '1.1.0' })).toEqual(['panel.version warning'])
})
