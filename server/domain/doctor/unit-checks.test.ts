import { expect, test } from 'vitest'
import { checkNetworkWait, checkOwner, checkUnit, type UnitState } from './unit-checks.ts'

const path = '/home/razroom/.config/containers/systemd/razroom.container'
const unit: UnitState = {
  kind: 'quadlet',
  name: 'razroom.service',
  path,
  state: 'current',
  dropIns: [],
  loaded: {
    loadState: 'loaded',
    activeState: 'active',
    result: 'success',
    needsReload: false,
    source: path,
  },
  refusal: null,
}
const loaded = (part: Partial<NonNullable<UnitState['loaded']>>): UnitState['loaded'] =>
  unit.loaded && { ...unit.loaded, ...part }
const ids = (state: UnitState) => checkUnit(state).findings.map(({ id, severity }) => `${id} ${severity}`)

test('a unit that is as the panel writes it and that systemd runs', () => {
  expect(checkUnit(unit)).toEqual({ said: `${path} is current; loaded, active`, findings: [] })
})

test('the file: missing, edited, of somebody else, of an earlier setting', () => {
  expect(ids({ ...unit, state: 'absent', loaded: loaded({ loadState: 'not-found' }) })).toEqual([
    'unit.missing error',
  ])
  expect(ids({ ...unit, state: 'edited' })).toEqual(['unit.edited warning'])
  expect(ids({ ...unit, state: 'foreign' })).toEqual(['unit.foreign info'])
  expect(ids({ ...unit, state: 'outdated' })).toEqual(['unit.outdated info'])
  const [edited] = checkUnit({ ...unit, state: 'edited', dropIns: ['/d/10.conf'] }).findings
  expect(edited?.evidence).toContain('with /d/10.conf')
})

test('no unit comes of the file: with Quadlet’s own words, or at least systemd’s', () => {
  const refused = { ...unit, state: 'edited', refusal: "unsupported key 'Nope'" } as const
  expect(ids(refused)).toEqual(['unit.edited warning', 'unit.not-generated error'])
  expect(checkUnit(refused).findings[1]?.evidence).toBe("unsupported key 'Nope'")
  const lost = { ...unit, loaded: loaded({ loadState: 'not-found' }) }
  expect(checkUnit(lost).findings).toMatchObject([
    { id: 'unit.not-generated', evidence: 'systemd says of razroom.service: not-found' },
  ])
})

test('a unit that was masked is not said to be Quadlet’s fault, and nothing of the panel’s mends it', () => {
  const [finding, ...others] = checkUnit({ ...unit, loaded: loaded({ loadState: 'masked' }) }).findings
  expect(finding).toMatchObject({
    id: 'unit.masked',
    hint: expect.stringContaining('unmask razroom.service'),
  })
  expect([finding?.fix, others]).toEqual([undefined, []])
})

test('another file that comes first, and a unit that is not read yet', () => {
  expect(ids({ ...unit, loaded: loaded({ source: '/etc/x' }) })).toEqual(['unit.shadowed error'])
  expect(ids({ ...unit, loaded: loaded({ needsReload: true }) })).toEqual(['unit.reload info'])
  expect(checkUnit({ ...unit, loaded: null })).toEqual({
    said: `${path} is current; systemd not asked`,
    findings: [],
  })
})

test('one owner of the container', () => {
  const facts = {
    mode: 'quadlet',
    containerName: 'razroom',
    owner: 'razroom.service',
    units: [path],
  } as const
  const idsOf = (part: Partial<Parameters<typeof checkOwner>[0]>) =>
    checkOwner({ ...facts, ...part }).findings.map(({ id }) => id)
  expect(idsOf({})).toEqual([])
  expect(idsOf({ owner: undefined })).toEqual([])
  expect(idsOf({ owner: null })).toEqual(['owner.by-hand'])
  expect(idsOf({ mode: 'container' })).toEqual(['owner.unit-left'])
  expect(idsOf({ mode: 'container', owner: null })).toEqual(['owner.unit-left'])
  expect(idsOf({ mode: 'container', owner: null, units: [] })).toEqual([])
})

test('a unit that waits for the network, by the podman that makes it do so', () => {
  const avoided = '[Quadlet]\nDefaultDependencies=false\n'
  expect(checkNetworkWait('5.4.2', avoided).findings).toEqual([])
  expect(checkNetworkWait('5.4.2', '[Container]\n').findings).toMatchObject([
    { id: 'unit.network-wait', severity: 'warning', certainty: 'likely' },
  ])
  expect(checkNetworkWait('4.9.3', '[Container]\n').findings).toEqual([])
})
