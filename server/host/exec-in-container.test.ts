import { expect, it } from 'vitest'
import { createContainerExec } from './exec-in-container.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser, UserRunOptions } from './run-as-user.ts'
import type { CommandResult } from './run-command.ts'

const user: UserAccount = { name: 'razroom', uid: 999, gid: 999, home: '/home/razroom', shell: '/bin/false' }
const command = {
  container: 'razroom',
  argv: ['node', 'dist/index.js', '--version'],
  timeoutMs: 9_000,
  maxBytes: 100,
} as const

/** Podman that answers this, and what it was asked. */
function execWith(answer: Partial<CommandResult>) {
  const calls: { argv: readonly string[]; options: UserRunOptions }[] = []
  const runAsUser: RunAsUser = async (_user, argv, options) => {
    calls.push({ argv, options })
    return { exitCode: 0, stdout: '', stderrLines: [], ...answer }
  }
  return { exec: createContainerExec(runAsUser), calls }
}

it('runs the words in the container, and keeps the values of variables out of them', async () => {
  const { exec, calls } = execWith({ stdout: '1.2.3\n' })
  const result = await exec.execInContainer(user, { ...command, env: { TOKEN: 'secret-0123456789' } })
  expect(result).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderrLines: [] })
  expect(calls[0]?.argv.join(' ')).toBe('podman exec --env TOKEN -- razroom node dist/index.js --version')
  expect(calls[0]?.options).toMatchObject({ timeoutMs: 9_000, env: { TOKEN: 'secret-0123456789' } })
})

it.each([
  [125, 'Error: no container with name or ID "razroom" found: no such container'],
  [255, 'Error: can only create exec sessions on running containers: container state improper'],
  [125, 'Error: can only create exec sessions on running containers: container state improper'],
])('knows from exit %d that it does not run: %s', async (exitCode, said) => {
  const { exec } = execWith({ exitCode, stderrLines: [said] })
  await expect(exec.execInContainer(user, command)).rejects.toMatchObject({ code: 'GATEWAY_NOT_RUNNING' })
})

it('hands the exit code of the program on, whatever it says', async () => {
  const { exec } = execWith({ exitCode: 1, stderrLines: ['gateway is not running'] })
  expect(await exec.execInContainer(user, command)).toMatchObject({ exitCode: 1 })
})

it('refuses more output than was asked for', async () => {
  const { exec } = execWith({ stdout: 'x'.repeat(101) })
  await expect(exec.execInContainer(user, command)).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
})
