import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UserAccount } from './host.ts'
import { createRunAsUser, describeAsUser, managerArgv, shellWord } from './run-as-user.ts'
import { createCommandRunner } from './run-command.ts'

const user: UserAccount = { name: 'razroom', uid: 999, gid: 998, home: '/home/razroom', shell: '/bin/false' }
const nobody: UserAccount = {
  name: 'nobody',
  uid: 65534,
  gid: 65534,
  home: '/nonexistent',
  shell: '/bin/false',
}

describe('managerArgv', () => {
  it('hands the words to the manager as they are', () => {
    const argv = managerArgv('x.service', ['/usr/bin/podman', '$HOME', '$A$$', '%h', "a'b c"], {
      timeoutMs: 1_500,
      leavesProcesses: true,
    })
    expect(argv.slice(0, 2)).toEqual(['systemd-run', '--user'])
    expect(argv).toContain('--property=RuntimeMaxSec=12')
    expect(argv).toContain('--property=KillMode=process')
    const words = argv.slice(argv.indexOf('--') + 1)
    expect(words).toEqual(['/usr/bin/podman', '$$HOME', '$$A$$$$', '%h', "a'b c"])
  })

  it('passes a variable on by its name alone', () => {
    const options = { timeoutMs: 1_000, leavesProcesses: false, variables: ['SECRET'] }
    const argv = managerArgv('x.service', ['true'], options)
    expect(argv.filter((word) => word.includes('SECRET'))).toEqual(['--setenv=SECRET'])
  })

  it('ends all of a command that leaves nothing behind', () => {
    const argv = managerArgv('x.service', ['true'], { timeoutMs: 1_000, leavesProcesses: false })
    expect(argv.join(' ')).not.toContain('KillMode')
  })
})

describe('shellWord', () => {
  it('is read back by a shell as it was', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((text) => !text.includes('\0')),
          { minLength: 1 },
        ),
        (words) => {
          const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`
          expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(
            words.map((w) => `${w}\0`).join(''),
          )
        },
      ),
      { numRuns: 50 },
    )
  })

  it('describes a call as a person types it', () => {
    expect(describeAsUser(user, ['podman', 'stop', 'a b'], true)).toBe(
      "cd / && sudo -H -u razroom env XDG_RUNTIME_DIR=/run/user/999 podman stop 'a b'",
    )
  })
})

it.runIf(process.getuid?.() === 0)('runs as the user with an environment of its own', async () => {
  const runAsUser = createRunAsUser(createCommandRunner((text) => text).run)
  const { stdout } = await runAsUser(nobody, ['sh', '-c', 'id -u; id -g; id -G; pwd; echo $HOME $USER'], {
    timeoutMs: 5_000,
    direct: true,
  })
  expect(stdout.trim().split('\n')).toEqual(['65534', '65534', '65534', '/', '/nonexistent nobody'])
})

it.runIf(process.getuid?.() === 0)('adds variables, which do not replace those of the user', async () => {
  const runAsUser = createRunAsUser(createCommandRunner((text) => text).run)
  const { stdout } = await runAsUser(nobody, ['sh', '-c', 'echo "$HOME $SECRET"'], {
    timeoutMs: 5_000,
    direct: true,
    env: { HOME: '/root', SECRET: 'not-in-argv' },
  })
  expect(stdout.trim()).toBe('/nonexistent not-in-argv')
})
