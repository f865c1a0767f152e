/** The commands of the terminal: what each runs, in which container. Nothing a client says becomes an argument. */
import type { TerminalCommand } from '../../contract/terminal.ts'
import type { GatewaySpec } from './gateway-spec.ts'
import { ownTerminalArgs } from './render-podman-run.ts'

/** Commands of the gateway (docs/facts/razroom-gateway.md, "CLI in the container"). */
const WORDS: Readonly<Record<TerminalCommand, readonly string[]>> = {
  onboard: ['onboard'],
  configure: ['configure'],
  'channels-login': ['channels', 'login'],
  doctor: ['doctor'],
  'models-status': ['models', 'status'],
  'security-audit': ['security', 'audit'],
}

/** Tells the programs of the terminal from all others in the gateway's container. */
export const TERMINAL_MARK = 'RAZROOM_PANEL_TERMINAL=1'

/**
 * Ends every program with the mark, inside the container: killing `podman exec` leaves the program running
 * (docs/facts/podman-and-systemd.md says so of `podman run`). SIGHUP as of a terminal that is gone, SIGKILL after 2 s.
 */
const endScript = (mark: string): string => `
const { readdirSync, readFileSync } = require('node:fs')
const isMarked = (pid) => {
  try {
    return readFileSync('/proc/' + pid + '/environ', 'latin1').split('\\0').includes('${mark}')
  } catch {
    return false
  }
}
const find = () => readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && isMarked(name))
const started = Date.now()
const look = () => {
  const pids = find()
  if (pids.length === 0) return
  for (const pid of pids) {
    try {
      process.kill(Number(pid), Date.now() - started < 2000 ? 'SIGHUP' : 'SIGKILL')
    } catch {}
  }
  if (Date.now() - started < 6000) setTimeout(look, 100)
}
look()
`

/** A terminal as podman arguments: what to run, and what sees to it that nothing of it is left. */
export interface TerminalPlan {
  readonly place: 'gateway' | 'own'
  readonly args: readonly string[]
  readonly cleanUpArgs: readonly string[]
}

/** The container of the terminal while the gateway does not run. Another than that of `launch setup`. */
export function terminalContainer(spec: Pick<GatewaySpec, 'name'>): string {
  return `${spec.name}-terminal`
}

/**
 * Inside the gateway when it runs, which the command can reach only there; else in a container of its own with the same
 * files and environment. `--detach-keys=`: no keys leave the program behind.
 */
export function terminalPlan(spec: GatewaySpec, command: TerminalCommand, isRunning: boolean): TerminalPlan {
  const words = ['node', 'dist/index.js', ...WORDS[command]]
  if (!isRunning) {
    const name = terminalContainer(spec)
    return {
      place: 'own',
      args: ['run', '--detach-keys=', ...ownTerminalArgs(spec, name, words)],
      cleanUpArgs: removeTerminalArgs(name),
    }
  }
  return {
    place: 'gateway',
    args: [
      'exec',
      '--interactive',
      '--tty',
      '--detach-keys=',
      `--env=${TERMINAL_MARK}`,
      // podman would hand on its own.
      '--env=TERM=xterm-256color',
      spec.name,
      ...words,
    ],
    cleanUpArgs: endProgramsArgs(spec.name),
  }
}

/** Arguments after `podman` that end what the terminal has left in the gateway's container. */
export function endProgramsArgs(containerName: string, mark = TERMINAL_MARK): string[] {
  return ['exec', containerName, 'node', '--eval', endScript(mark)]
}

function removeTerminalArgs(name: string): string[] {
  return ['rm', '--force', '--ignore', '--time=1', '--', name]
}
