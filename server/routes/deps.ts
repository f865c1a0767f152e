import type { EventBus } from '../events.ts'
import type { Host } from '../host/host.ts'
import type { Sessions } from '../http/session.ts'
import type { Monitor } from '../monitor.ts'
import type { Auditor } from '../operations/auditor.ts'
import type { Devices } from '../operations/devices.ts'
import type { DoctorOptions } from '../operations/doctor.ts'
import type { GatewayCommands } from '../operations/gateway-commands.ts'
import type { Insight } from '../operations/insight.ts'
import type { Runner } from '../operations/runner.ts'
import type { TerminalDesk } from '../operations/terminal-desk.ts'

/** What routes and sockets work with; made once, in server/panel.ts. */
export interface PanelDeps {
  readonly host: Host
  readonly bus: EventBus
  readonly runner: Runner
  readonly monitor: Monitor
  readonly sessions: Sessions
  readonly devices: Devices
  readonly commands: GatewayCommands
  readonly insight: Insight
  readonly terminal: TerminalDesk
  readonly audit: Auditor
  /** TCP port of the page. */
  readonly port: number
  readonly cookieName: string
  /** From now on this text is masked wherever the panel writes. */
  readonly remember: (secret: string) => void
  readonly doctor: DoctorOptions
}
