/** The onboarding wizard on the terminal of the person at the command line. */
import { spawn } from 'node:child_process'
import { HostError } from '../errors.ts'
import { CLEAN_ENVIRONMENT } from './clean-environment.ts'

/** What Razroom's own Podman scripts take from the environment, and the launch script with them. */
const PASSED_ON = /^(TERM|LANG|LC_[A-Z]+|RAZROOM_(PODMAN_[A-Z_]+|CONFIG_DIR|WORKSPACE_DIR))$/

/**
 * Runs the launch script of this user with `setup`, on a terminal of its own (runuser(1), --pty): what runs there cannot
 * type into root's.
 * @param env of the caller: only what the launch script reads is handed on
 * @returns the exit code of the script: 0 the wizard ended well
 * @throws HostError COMMAND_MISSING there is no runuser
 */
export function runWizard(
  user: { readonly name: string; readonly home: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const passed = Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)))
  const argv = ['--pty', '--user', user.name, '--', `${user.home}/run-razroom-podman.sh`, 'setup']
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const child = spawn('/usr/sbin/runuser', argv, {
    cwd: '/',
    stdio: 'inherit',
    env: { ...CLEAN_ENVIRONMENT, ...passed, HOME: user.home },
  })
  child.on('error', (cause) => reject(new HostError('COMMAND_MISSING', { detail: 'runuser', cause })))
  child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
  return promise
}
