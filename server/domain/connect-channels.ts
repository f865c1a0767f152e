/**
 * Channels that variables connect, as data: which of them are enough, and what each must look like. Source of the names:
 * docs/facts/razroom-gateway.md. Imports nothing of Node: the page uses it too.
 */
import { findKnownVariable } from './env-catalogue.ts'
import type { ValueRule } from './pasted-value.ts'

export interface ConnectChannel {
  readonly id: string
  readonly service: string
  /** The variables of one of these are enough. */
  readonly ways: readonly (readonly string[])[]
  /** What may be set besides. */
  readonly options: readonly string[]
  /** The variables alone switch it on; of the others that is not known. */
  readonly switchesItselfOn: boolean
  /** Written into razroom.json where nothing stands there yet. */
  readonly config?: { readonly path: readonly string[]; readonly value: string }
}

/** Google Chat takes a file, or JSON on one line, and is set in the editor of `.env`. */
const CHANNELS: readonly Omit<ConnectChannel, 'service'>[] = [
  { id: 'telegram', ways: [['TELEGRAM_BOT_TOKEN']], options: [], switchesItselfOn: true },
  {
    id: 'discord',
    ways: [['DISCORD_BOT_TOKEN']],
    options: [],
    switchesItselfOn: true,
    // Without it the bot would answer everybody in every server it is in.
    config: { path: ['channels', 'discord', 'groupPolicy'], value: 'allowlist' },
  },
  {
    id: 'slack',
    ways: [['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']],
    options: ['SLACK_USER_TOKEN'],
    switchesItselfOn: true,
  },
  {
    id: 'irc',
    ways: [['IRC_HOST', 'IRC_NICK']],
    options: ['IRC_CHANNELS', 'IRC_PORT', 'IRC_TLS', 'IRC_PASSWORD', 'IRC_NICKSERV_PASSWORD'],
    switchesItselfOn: true,
  },
  {
    id: 'mattermost',
    ways: [['MATTERMOST_URL', 'MATTERMOST_BOT_TOKEN']],
    options: [],
    switchesItselfOn: false,
  },
  {
    id: 'matrix',
    ways: [
      ['MATRIX_HOMESERVER', 'MATRIX_ACCESS_TOKEN'],
      ['MATRIX_HOMESERVER', 'MATRIX_USER_ID', 'MATRIX_PASSWORD'],
    ],
    options: [],
    switchesItselfOn: false,
  },
  {
    id: 'msteams',
    ways: [['MSTEAMS_APP_ID', 'MSTEAMS_APP_PASSWORD', 'MSTEAMS_TENANT_ID']],
    options: [],
    switchesItselfOn: false,
  },
  {
    id: 'line',
    ways: [['LINE_CHANNEL_ACCESS_TOKEN', 'LINE_CHANNEL_SECRET']],
    options: [],
    switchesItselfOn: false,
  },
  { id: 'feishu', ways: [['FEISHU_APP_ID', 'FEISHU_APP_SECRET']], options: [], switchesItselfOn: false },
  { id: 'nextcloud-talk', ways: [['NEXTCLOUD_TALK_BOT_SECRET']], options: [], switchesItselfOn: false },
  { id: 'zalo', ways: [['ZALO_BOT_TOKEN']], options: [], switchesItselfOn: false },
  { id: 'twitch', ways: [['RAZROOM_TWITCH_ACCESS_TOKEN']], options: [], switchesItselfOn: false },
]

export const CONNECT_CHANNELS: readonly ConnectChannel[] = CHANNELS.map((channel) => ({
  ...channel,
  service: findKnownVariable(channel.ways[0]?.[0] ?? '')?.service ?? channel.id,
}))

export function findConnectChannel(id: string): ConnectChannel | undefined {
  return CONNECT_CHANNELS.find((channel) => channel.id === id)
}

/** Every variable of the channel: what is needed first. */
export function channelVariables({ ways, options }: Pick<ConnectChannel, 'ways' | 'options'>): string[] {
  return [...new Set([...ways.flat(), ...options])]
}

/** The shortest list of what is missing, over all ways; empty when one way is complete. */
export function missingVariables(
  ways: readonly (readonly string[])[],
  has: (name: string) => boolean,
): string[] {
  const missing = ways.map((way) => way.filter((name) => !has(name)))
  return missing.toSorted((a, b) => a.length - b.length)[0] ?? []
}

type Shape = Omit<ValueRule, 'name' | 'kind'> & Partial<Pick<ValueRule, 'kind'>>

/** What is more to know of a value than that it is a secret or not. */
const SHAPES: Readonly<Record<string, Shape>> = {
  TELEGRAM_BOT_TOKEN: {
    shape: /^\d{5,}:[\w-]{30,}$/,
    looks: 'digits, a colon and some 35 letters: 123456:AA...',
  },
  SLACK_BOT_TOKEN: {
    prefixes: ['xoxb-'],
    foreign: { 'xapp-': 'SLACK_APP_TOKEN', 'xoxp-': 'SLACK_USER_TOKEN' },
  },
  SLACK_APP_TOKEN: {
    prefixes: ['xapp-'],
    foreign: { 'xoxb-': 'SLACK_BOT_TOKEN', 'xoxp-': 'SLACK_USER_TOKEN' },
  },
  SLACK_USER_TOKEN: {
    prefixes: ['xoxp-'],
    foreign: { 'xoxb-': 'SLACK_BOT_TOKEN', 'xapp-': 'SLACK_APP_TOKEN' },
  },
  IRC_PASSWORD: { kind: 'password' },
  IRC_NICKSERV_PASSWORD: { kind: 'password' },
  IRC_PORT: { kind: 'port' },
  MATTERMOST_URL: { kind: 'url' },
  MATRIX_HOMESERVER: { kind: 'url' },
  MATRIX_PASSWORD: { kind: 'password' },
  MATRIX_USER_ID: { shape: /^@[^\s:]+:\S+$/, looks: 'like @bot:server' },
}

/** What a value of this variable must be. */
export function channelRule(name: string): ValueRule {
  const isSecret = findKnownVariable(name)?.isSecret === true
  return { name, kind: isSecret ? 'key' : 'text', ...SHAPES[name] }
}
