import type { HostProcess, TestHost } from './host.ts'
import { RELEASE_DIR } from './panel-release.ts'
import { waitUntil } from './wait-until.ts'

export const PANEL_PROGRAM = '/usr/local/bin/razroom-panel'
const FRONT_UNIT = 'razroom-panel.service'
const ROOT_UNIT = 'razroom-panel-host.service'
/** Sockets first: a connection would start the panel again. */
const UNITS = ['razroom-panel.socket', 'razroom-panel-host.socket', FRONT_UNIT, ROOT_UNIT] as const
/** Starts the panel by its units, once they are installed. */
export const UNIT_START: readonly string[] = ['systemctl', 'start', ...UNITS.slice(0, 3)]
/** What the installer does with a release that lies in place: the user of the front, the port, the units. */
const INSTALL_UNITS = `
  set -Eeuo pipefail
  PORT='' INSTALL_LOG=/var/log/razroom-panel-install.log
  for part in paths report packages units service; do . "$0/scripts/install/$part.sh"; done
  make_panel_user
  keep_port
  write_units
  logged systemctl daemon-reload
  logged systemctl enable "\${SOCKET_UNITS[@]}" razroom-panel.service`
const PID_FILE = '/run/razroom-panel-e2e.pid'
const MAX_RESTARTS = 2

/** The half that speaks to browsers, the half that touches the machine, or both. */
export type Half = 'front' | 'root' | 'both'

export interface Daemon {
  /** Starts the daemon and waits until it answers. @throws with its log when it ends instead */
  start(): Promise<void>
  /** Ends the daemon in the orderly way. */
  stop(): Promise<void>
  /** Ends a half by SIGKILL, both unless said, and sees to it that nobody starts it again. */
  kill(half?: Half): Promise<void>
  /** The pid of a half inside the host. */
  pid(half: Exclude<Half, 'both'>): Promise<number>
  isRunning(): Promise<boolean>
  /** What the daemon has printed so far. */
  log(): Promise<string>
}

/** The panel under the units that the installer writes. */
export function unitDaemon(host: TestHost): Daemon {
  const show = async (unit: string, property: string) =>
    (await host.run(['systemctl', 'show', '--value', `--property=${property}`, unit])).stdout
  let isInstalled = false
  const stop = async () => {
    await host.run(['systemctl', 'stop', ...UNITS])
  }
  return {
    async start() {
      if (!isInstalled) await host.run(['bash', '-c', INSTALL_UNITS, RELEASE_DIR])
      isInstalled = true
      await host.run(UNIT_START)
    },
    stop,
    async kill(half = 'both') {
      const units = { front: [FRONT_UNIT], root: [ROOT_UNIT], both: [FRONT_UNIT, ROOT_UNIT] }[half]
      await host.run(['systemctl', 'kill', '--kill-whom=main', '--signal=KILL', ...units])
      await stop()
    },
    pid: async (half) => Number(await show(half === 'front' ? FRONT_UNIT : ROOT_UNIT, 'MainPID')),
    async isRunning() {
      const isUp = ['active', 'activating'].includes(await show(FRONT_UNIT, 'ActiveState'))
      return isUp && Number(await show(FRONT_UNIT, 'NRestarts')) < MAX_RESTARTS
    },
    log: async () => {
      const units = [FRONT_UNIT, ROOT_UNIT].map((unit) => `--unit=${unit}`)
      return (await host.run(['journalctl', '--output=cat', '--no-pager', ...units])).stdout
    },
  }
}

/** The panel without systemd: the root half, and the front as its child. */
export function plainDaemon(host: TestHost): Daemon {
  const output: string[] = []
  let child: HostProcess | undefined
  const isRunning = async () => child !== undefined && child.exitCode === null && child.signalCode === null
  const rootPid = async () => Number((await host.run(['cat', PID_FILE])).stdout)
  const frontPid = async () => {
    const children = ['pgrep', '--parent', String(await rootPid()), '--full', 'main.js serve']
    return Number((await host.run(children)).stdout)
  }
  const signal = (name: 'TERM' | 'KILL', pid: number) => host.run(['kill', `-${name}`, String(pid)])
  const end = async (name: 'TERM' | 'KILL') => {
    await signal(name, await rootPid())
    await waitUntil('the panel is gone', 120_000, async () => !(await isRunning()))
  }
  return {
    async start() {
      const script = `echo $$ > ${PID_FILE}; exec "$0" serve`
      child = await host.spawn(['sh', '-c', script, PANEL_PROGRAM])
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    },
    stop: () => end('TERM'),
    async kill(half = 'both') {
      if (half === 'front') await signal('KILL', await frontPid())
      await end(half === 'front' ? 'TERM' : 'KILL')
    },
    pid: (half) => (half === 'front' ? frontPid() : rootPid()),
    isRunning,
    log: async () => output.join(''),
  }
}
