import { join } from 'node:path'
import { logIn, openFire, type Session } from '../attacks/attack-host.ts'
import type { TestHost } from '../host/host.ts'
import { type PanelHost, setUpBundled, startPanel } from '../host/panel-host.ts'
import { RELEASE_NODE } from '../host/panel-release.ts'

const TOP = join(import.meta.dirname, '..', '..')
/** Below the place of all programs that are none of the panel's (release-processes.ts). */
const PLACE = '/opt/razroom-attacks/logs'
const PROGRAMS = [
  'contract/log-rows.ts',
  ...[
    'panel-client',
    'memory-watch',
    'release-processes',
    'soak-client',
    'soak-writer',
    'stream-socket',
    'log-talk',
  ].map((name) => `e2e/attacks/${name}.ts`),
]

/** A host with a gateway and its log, and a session to read it with. */
export interface LogHost {
  readonly panel: PanelHost
  readonly session: Session
  readonly logFile: string
}

/** The argv that runs a program of e2e/attacks in such a host. */
export const insideArgv = (program: string): string[] => [
  RELEASE_NODE,
  '--disable-warning=ExperimentalWarning',
  `${PLACE}/e2e/attacks/${program}`,
]

/** Sets a gateway up, and puts the programs that read its log beside it. The caller destroys the host. */
export async function openLogHost(host: TestHost): Promise<LogHost> {
  const panel = await startPanel(host)
  await setUpBundled(panel)
  return furnishLogHost(panel)
}

export async function furnishLogHost(panel: PanelHost): Promise<LogHost> {
  const fire = await openFire(panel.host)
  await panel.host.run(['mkdir', '--parents', `${PLACE}/contract`, `${PLACE}/e2e/attacks`])
  for (const program of PROGRAMS) await panel.host.copyIn(join(TOP, program), join(PLACE, program), 'root')
  await panel.host.run(['chmod', '--recursive', 'u=rwX,go=rX', PLACE])
  return {
    panel,
    session: await logIn(panel, fire),
    logFile: '/home/razroom/.local/share/razroom/log/gateway.log',
  }
}
