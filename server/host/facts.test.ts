import { describe, expect, it } from 'vitest'
import { cgroupLayout, parseOsRelease, parsePodmanVersion, readFacts } from './facts.ts'
import { createCommandRunner } from './run-command.ts'

const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate'
const TMPFS = '30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755'
const V1 = '31 30 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids'
const UNIFIED = '32 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'

describe('cgroupLayout', () => {
  it.each([
    ['v2', V2],
    ['hybrid', [TMPFS, V1, UNIFIED].join('\n')],
    ['v1', [TMPFS, V1].join('\n')],
    ['v2', [TMPFS, V1, UNIFIED, V2].join('\n')],
  ])('is %s', (layout, mountinfo) => {
    expect(cgroupLayout(mountinfo)).toBe(layout)
  })
})

describe('parsing', () => {
  it('reads the version of podman', () => {
    expect(parsePodmanVersion('podman version 4.3.1\n')).toBe('4.3.1')
    expect(parsePodmanVersion('podman version 5.5.0-rc1\n')).toBe('5.5.0-rc1')
    expect(parsePodmanVersion('something else')).toBeNull()
  })

  it('reads the name of the system', () => {
    expect(parseOsRelease('ID=debian\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')).toBe(
      'Debian GNU/Linux 13 (trixie)',
    )
    expect(parseOsRelease('')).toBe('Linux')
  })
})

it('reads the facts of this very machine', async () => {
  const facts = await readFacts(createCommandRunner((text) => text).run)
  expect(facts.memoryBytes).toBeGreaterThan(100_000_000)
  expect(['v1', 'v2', 'hybrid']).toContain(facts.cgroups)
  expect(facts.arch).toBe(process.arch)
})
