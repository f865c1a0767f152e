import { setTimeout as sleep } from 'node:timers/promises'
import { type CliContext, toJson, usageError, warningBox } from '../cli-context.ts'
import { isRecord } from '../config-schema.ts'
import { FatalError } from '../fatal-error.ts'
import { readMilliseconds } from '../plugin-cache.ts'
import { nonEmpty } from '../state-paths.ts'

/** Channels, the variable that alone makes one configured, and what people call it. */
const KNOWN = [
  { id: 'telegram', label: 'Telegram', variable: 'TELEGRAM_BOT_TOKEN' },
  { id: 'whatsapp', label: 'WhatsApp', variable: undefined },
  { id: 'discord', label: 'Discord', variable: 'DISCORD_BOT_TOKEN' },
  { id: 'slack', label: 'Slack', variable: 'SLACK_BOT_TOKEN' },
  { id: 'signal', label: 'Signal', variable: undefined },
] as const

const NOT_RUN = 'the bundled gateway runs no channels'

/**
 * `channels list|status`. The real one loads every plugin for it, 55 to 75 s (docs/facts/razroom-gateway.md); here
 * `RAZROOM_BUNDLED_CHANNELS_MS` says how long it takes.
 */
export async function channelsCommand(
  context: CliContext,
  operands: readonly string[],
  asJson: boolean,
): Promise<string> {
  const [name = 'list', ...rest] = operands
  if (rest.length > 0 || (name !== 'list' && name !== 'status'))
    throw usageError('use `channels list|status`')
  await sleep(readDelay(context))
  const accounts = configuredChannels(context)
  if (name === 'list') {
    const chat = Object.fromEntries(accounts.map(({ id }) => [id, ['default']]))
    if (asJson) return `${warningBox()}${toJson({ chat, auth: [] })}`
    return `Chat channels:\n${accounts.map(({ label }) => `- ${label} default: configured\n`).join('')}`
  }
  const report = {
    ts: Date.now(),
    channelOrder: accounts.map(({ id }) => id),
    channelLabels: Object.fromEntries(accounts.map(({ id, label }) => [id, label])),
    channels: Object.fromEntries(accounts.map(({ id, state }) => [id, state])),
    channelAccounts: Object.fromEntries(
      accounts.map(({ id, state }) => [id, [{ accountId: 'default', ...state }]]),
    ),
    channelDefaultAccountId: Object.fromEntries(accounts.map(({ id }) => [id, 'default'])),
  }
  if (asJson) return `${warningBox()}${toJson(report)}`
  return `Gateway reachable.\n${accounts.map(({ label }) => `- ${label} default: stopped, error:${NOT_RUN}\n`).join('')}`
}

function configuredChannels({ raw, env }: CliContext) {
  const sections = isRecord(raw.channels) ? raw.channels : {}
  return KNOWN.flatMap(({ id, label, variable }) => {
    const section = sections[id]
    const isSet = variable !== undefined && nonEmpty(env[variable]) !== undefined
    if (!isSet && !isRecord(section)) return []
    const enabled = !(isRecord(section) && section.enabled === false)
    const state = { enabled, configured: true, running: false, lastError: enabled ? NOT_RUN : null }
    return [{ id, label, state }]
  })
}

function readDelay({ env }: CliContext): number {
  const name = 'RAZROOM_BUNDLED_CHANNELS_MS'
  try {
    return readMilliseconds(name, env[name]) ?? 0
  } catch (error) {
    throw new FatalError([error instanceof Error ? error.message : String(error)], { cause: error })
  }
}
