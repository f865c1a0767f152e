import { expect, test } from 'vitest'
import { SetupError } from '../errors.ts'
import { chooseRuntime, containersConf } from './render-containers-conf.ts'

test('an ordinary machine', () => {
  expect(containersConf({ pidsLimitZero: false, eventsLogger: 'file' })).toBe(
    `# Written by razroom-panel setup; it writes the file again when the machine has changed.
# Checksum: b8f94307200358e1e988fde872b5928c34b133375098dac6b92bb1e623801476
# What you set in ~/.config/containers/containers.conf is read before this, see containers.conf(5).

[engine]
events_logger = "file"
`,
  )
})

test('a machine with hybrid cgroups and no pids controller', () => {
  expect(containersConf({ runtime: 'runc', pidsLimitZero: true, eventsLogger: 'file' })).toBe(
    `# Written by razroom-panel setup; it writes the file again when the machine has changed.
# Checksum: 4c4b7f063a866671598ccf569253ac0796f01c76e0dbd9b028c8112cb29cf4ef
# What you set in ~/.config/containers/containers.conf is read before this, see containers.conf(5).

[containers]
# There is no pids controller in the cgroup tree of this machine.
pids_limit = 0

[engine]
events_logger = "file"
# crun refuses hybrid cgroups; this one works here.
runtime = "runc"
`,
  )
})

test('of a user who was there before only what the machine needs', () => {
  const text = containersConf({ runtime: 'runc', pidsLimitZero: false })
  expect(text).toContain('[engine]\n# crun refuses hybrid cgroups; this one works here.\nruntime = "runc"\n')
  expect(text).not.toContain('events_logger')
})

test.each(['', 'a"b', 'runc\n[engine]', '../runc'])('the runtime %j is refused', (runtime) => {
  expect(() => containersConf({ runtime, pidsLimitZero: false, eventsLogger: 'file' })).toThrow(TypeError)
})

test.each([
  ['v2', ['crun', 'runc'], null],
  ['v2', ['runc'], null],
  ['v2', ['crun'], null],
  ['hybrid', ['crun', 'runc'], 'runc'],
  ['v1', ['runc'], 'runc'],
] as const)('on cgroups %s with %j: %s', (cgroups, runtimes, runtime) => {
  const choice = chooseRuntime({ cgroups, runtimes })
  expect(choice.runtime).toBe(runtime)
  expect(choice.reason).toContain('this machine has')
})

test.each([
  ['v2', [], 'install crun'],
  ['hybrid', ['crun'], 'install runc'],
  ['v1', [], 'install runc'],
] as const)('on cgroups %s with only %j: what to install', (cgroups, runtimes, advice) => {
  const choose = () => chooseRuntime({ cgroups, runtimes })
  expect(choose).toThrow(SetupError)
  expect(choose).toThrow(advice)
})
