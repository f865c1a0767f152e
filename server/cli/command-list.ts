import type { Command } from './command.ts'
import { access } from './commands/access.ts'
import { audit } from './commands/audit.ts'
import { backup } from './commands/backup.ts'
import { connect } from './commands/connect.ts'
import { devices } from './commands/devices.ts'
import { doctor } from './commands/doctor.ts'
import { env } from './commands/env.ts'
import { exportGateway } from './commands/export.ts'
import { insight } from './commands/insight.ts'
import { launch } from './commands/launch.ts'
import { login } from './commands/login.ts'
import { logs } from './commands/logs.ts'
import { remove } from './commands/remove.ts'
import { restart } from './commands/restart.ts'
import { restore } from './commands/restore.ts'
import { rollback } from './commands/rollback.ts'
import { serve } from './commands/serve.ts'
import { sessions } from './commands/sessions.ts'
import { setup } from './commands/setup.ts'
import { status } from './commands/status.ts'
import { stop } from './commands/stop.ts'
import { token } from './commands/token.ts'
import { uninstall } from './commands/uninstall.ts'
import { unit } from './commands/unit.ts'
import { update } from './commands/update.ts'
import { versions } from './commands/versions.ts'

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  login,
  status,
  insight,
  doctor,
  setup,
  launch,
  stop,
  restart,
  remove,
  update,
  unit,
  rollback,
  backup,
  restore,
  token,
  devices,
  connect,
  env,
  versions,
  logs,
  audit,
  exportGateway,
  access,
  sessions,
  serve,
  uninstall,
]
