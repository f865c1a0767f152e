import { expect, test } from 'vitest'
import type { UnitView } from '../../../contract/unit.ts'
import { started, useOperationPanels } from '../test-operation-panel.ts'
import { runTestCli, tellOperation, testOperation, testStep } from '../test-panel.ts'
import { unitLines } from './unit.ts'

const start = useOperationPanels()

const plain = { style: (_style: string, text: string) => text }
const view: UnitView = {
  kind: 'quadlet',
  unitName: 'razroom.service',
  path: '/home/razroom/.config/containers/systemd/razroom.container',
  state: 'current',
  text: '# a\nImage=x\nPublishPort=1:1\n',
  wanted: '# a\nImage=x\nPublishPort=1:1\n',
  dropIns: [],
  startsAtBoot: true,
}

test('a unit that is as it should be shows no difference', () => {
  expect(unitLines(view, plain)).toEqual([
    'Unit    razroom.service, started at boot',
    'File    /home/razroom/.config/containers/systemd/razroom.container',
    '        as the panel writes it',
  ])
})

test('an edited one shows the lines that differ, its drop-ins, and what comes before it', () => {
  const edited = {
    ...view,
    state: 'edited' as const,
    text: '# b\nImage=x\nPublishPort=2:1\u001b[31m\n',
    dropIns: ['/d/10.conf'],
    shadowedBy: '/etc/x',
  }
  const lines = unitLines(edited, plain)
  expect(lines).toContain('        with /d/10.conf')
  expect(lines).toContain('        systemd takes /etc/x instead')
  expect(lines.slice(-2)).toEqual([expect.stringMatching(/^- PublishPort=2:1/), '+ PublishPort=1:1'])
  expect(lines.join('\n')).not.toContain('\u001b')
})

test('a file that is not there yet has nothing to be held against', () => {
  expect(unitLines({ ...view, state: 'absent', text: null }, plain)).toContain('        not there')
})

test.each([
  ['kept the old file', 'started', 'The unit is the panel’s own again.'],
  [undefined, 'started', 'There was nothing to replace; the gateway was started.'],
  [undefined, undefined, 'There was nothing to replace, and the gateway runs as it did.'],
])('unit replace says whether it did: %s, %s', async (replaced, restarted, says) => {
  const step = (id: string, did: string | undefined) => testStep(id, 'done', did === undefined ? {} : { did })
  const steps = [step('systemd-unit', replaced), step('start-container', restarted)]
  const panel = await start(
    { events: tellOperation(testOperation({ steps })) },
    { 'POST /api/unit/replace': started },
  )
  const { code, stdout } = await runTestCli(['unit', 'replace'], { panel })
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, says])
})
