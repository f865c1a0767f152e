import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { openCliContext, usageError } from './cli-context.ts'
import { cronCommand, sessionsCommand } from './commands/activity.ts'
import { channelsCommand } from './commands/channels.ts'
import { configCommand } from './commands/config.ts'
import { devicesCommand } from './commands/devices.ts'
import { doctorCommand } from './commands/doctor.ts'
import { modelsCommand } from './commands/models.ts'
import { securityAuditCommand } from './commands/security-audit.ts'
import { healthCommand, statusCommand } from './commands/status.ts'
import { FatalError } from './fatal-error.ts'
import { onboardByFlags, onboardOptions } from './onboard/onboard-command.ts'
import { openTerminalPrompter } from './onboard/prompter.ts'
import { runWizard } from './onboard/wizard.ts'
import { type GatewayProcess, runGateway } from './run-gateway.ts'
import { resolveStatePaths } from './state-paths.ts'
import { BUNDLED_NOTICE, GATEWAY_VERSION } from './version.ts'

/** The process as the commands see it. */
export interface CommandHost extends GatewayProcess {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
}

export const usage = `Razroom gateway ${GATEWAY_VERSION}
${BUNDLED_NOTICE.join('\n')}

Usage: node dist/index.js COMMAND

  gateway [--bind lan|loopback] [--port N] [--token T | --password P] [--allow-unconfigured]
  onboard [--non-interactive --accept-risk ...]
  health | status                            [--json]
  devices list | approve ID | reject ID | revoke ID   [--json]
  models list | status                       [--json]
  config get PATH | set PATH VALUE           [--json]
  models list | status                       [--json]
  channels list | status                     [--json]
  sessions | cron list                       [--json]
  security audit                             [--json]
  doctor [--fix]
  --version | --help

health, status and devices also take --url, --token, --password and --timeout.
`

const json = { json: { type: 'boolean' } } as const
const connect = {
  ...json,
  url: { type: 'string' },
  token: { type: 'string' },
  password: { type: 'string' },
  timeout: { type: 'string' },
} as const

type Command = (args: string[], host: CommandHost) => Promise<number> | number

const commands: Record<string, Command> = {
  gateway(args, host) {
    const { values } = read(args, {
      bind: { type: 'string' },
      port: { type: 'string' },
      token: { type: 'string' },
      password: { type: 'string' },
      'allow-unconfigured': { type: 'boolean', default: false },
    })
    return runGateway({ ...values, allowUnconfigured: values['allow-unconfigured'] }, host)
  },
  async onboard(args, host) {
    const { values } = read(args, onboardOptions)
    const paths = resolveStatePaths(host.env)
    if (values['non-interactive']) return print(host, onboardByFlags(paths, values))
    if (!host.stdin.isTTY || !host.stdout.isTTY) {
      throw new FatalError([
        'The onboarding wizard needs a terminal (TTY): run it with `podman exec -it` or `podman run -it`,\n' +
          'or without one by flags: onboard --non-interactive --accept-risk ...',
      ])
    }
    const { prompter, close } = openTerminalPrompter(host.stdin, host.stdout)
    try {
      await runWizard(paths, openCliContext(host.env).env, prompter)
    } finally {
      close()
    }
    return 0
  },
  async health(args, host) {
    const { values } = read(args, connect)
    return print(host, await healthCommand(openCliContext(host.env), values, values.json ?? false))
  },
  async status(args, host) {
    const { values } = read(args, connect)
    return print(host, await statusCommand(openCliContext(host.env), values, values.json ?? false))
  },
  async devices(args, host) {
    const options = { ...connect, device: { type: 'string' }, role: { type: 'string' } } as const
    const { values, positionals } = read(args, options, true)
    return print(
      host,
      await devicesCommand(openCliContext(host.env), values, positionals, values.json ?? false),
    )
  },
  config(args, host) {
    const { values, positionals } = read(args, json, true)
    return print(host, configCommand(openCliContext(host.env), positionals, values.json ?? false))
  },
  models(args, host) {
    const { values, positionals } = read(args, json, true)
    return print(host, modelsCommand(openCliContext(host.env), positionals, values.json ?? false))
  },
  async channels(args, host) {
    const { values, positionals } = read(args, json, true)
    return print(host, await channelsCommand(openCliContext(host.env), positionals, values.json ?? false))
  },
  sessions(args, host) {
    const { values, positionals } = read(args, json, true)
    return print(host, sessionsCommand(openCliContext(host.env), positionals, values.json ?? false))
  },
  cron(args, host) {
    const { values, positionals } = read(args, json, true)
    return print(host, cronCommand(openCliContext(host.env), positionals, values.json ?? false))
  },
  security(args, host) {
    const { values, positionals } = read(args, json, true)
    if (positionals.join(' ') !== 'audit') throw usageError('use `security audit`')
    return print(host, securityAuditCommand(openCliContext(host.env), values.json ?? false))
  },
  doctor(args, host) {
    const { values } = read(args, { fix: { type: 'boolean', default: false } })
    return print(host, doctorCommand(resolveStatePaths(host.env), values.fix))
  },
}

/**
 * Runs one command line (without the program's name).
 * @returns the exit code
 * @throws {FatalError} what goes to stderr, with the exit code
 */
export async function runCommandLine(argv: readonly string[], host: CommandHost): Promise<number> {
  const [name, ...args] = argv
  if (name === '--version' || name === '-V') return print(host, `${GATEWAY_VERSION}\n`)
  if (name === '--help' || name === '-h' || name === 'help') return print(host, usage)
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new FatalError([name ? `error: unknown command '${name}'` : 'error: no command', usage])
  return command(args, host)
}

function read<T extends ParseArgsOptionsConfig>(args: string[], options: T, allowPositionals = false) {
  try {
    return parseArgs({ args, options, allowPositionals, strict: true })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error))
  }
}

function print(host: CommandHost, text: string): number {
  host.write(text)
  return 0
}
