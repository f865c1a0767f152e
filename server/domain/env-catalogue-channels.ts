/** Variables of the channels: how people reach the gateway. Source of the names: docs/facts/razroom-gateway.md. */
import type { KnownVariable } from './env-catalogue.ts'
import { type CatalogueEntry, knownVariable } from './env-catalogue-entry.ts'

const ENABLES_ITSELF = 'The variable alone switches the channel on.'

type Entry = Omit<CatalogueEntry, 'group' | 'service' | 'source' | 'url'>
interface Channel {
  readonly service: string
  readonly source: string
  readonly url?: string
  readonly variables: readonly Entry[]
}

const CHANNELS: readonly Channel[] = [
  {
    service: 'Telegram',
    source: 'Ask @BotFather in Telegram for a bot.',
    url: 'https://t.me/BotFather',
    variables: [
      {
        name: 'TELEGRAM_BOT_TOKEN',
        purpose: 'Token of the Telegram bot.',
        isSecret: true,
        hint: `${ENABLES_ITSELF} The gateway then rewrites razroom.json, without its comments.`,
      },
    ],
  },
  {
    service: 'Discord',
    source: 'Your application’s page "Bot" in the developer portal.',
    url: 'https://discord.com/developers/applications',
    variables: [
      {
        name: 'DISCORD_BOT_TOKEN',
        purpose: 'Token of the Discord bot.',
        isSecret: true,
        hint: `${ENABLES_ITSELF} Its policy for groups is then open to everybody: set one in razroom.json.`,
      },
    ],
  },
  {
    service: 'Slack',
    source: 'Your app’s pages at Slack.',
    url: 'https://api.slack.com/apps',
    variables: [
      {
        name: 'SLACK_BOT_TOKEN',
        purpose: 'Token of the Slack bot (xoxb-...).',
        isSecret: true,
        goesWith: ['SLACK_APP_TOKEN'],
        hint: 'The two tokens switch the channel on.',
      },
      {
        name: 'SLACK_APP_TOKEN',
        purpose: 'Token of the Slack app for its socket (xapp-...).',
        isSecret: true,
        goesWith: ['SLACK_BOT_TOKEN'],
        hint: 'The two tokens switch the channel on.',
      },
      {
        name: 'SLACK_USER_TOKEN',
        purpose: 'Token of a Slack user (xoxp-...), for what a bot may not read.',
        isSecret: true,
        goesWith: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'],
      },
    ],
  },
  {
    service: 'IRC',
    source: 'The network you want to join tells it.',
    variables: [
      {
        name: 'IRC_HOST',
        purpose: 'The IRC server.',
        goesWith: ['IRC_NICK'],
        hint: 'Server and nick switch the channel on.',
      },
      {
        name: 'IRC_NICK',
        purpose: 'The name of the bot on IRC.',
        goesWith: ['IRC_HOST'],
        hint: 'Server and nick switch the channel on.',
      },
      { name: 'IRC_PORT', purpose: 'The port of the IRC server.', goesWith: ['IRC_HOST'] },
      { name: 'IRC_TLS', purpose: 'Whether the connection to IRC is encrypted.', goesWith: ['IRC_HOST'] },
      {
        name: 'IRC_PASSWORD',
        purpose: 'Password of the IRC server.',
        isSecret: true,
        goesWith: ['IRC_HOST'],
      },
      {
        name: 'IRC_CHANNELS',
        purpose: 'The IRC channels to join, with commas between them.',
        goesWith: ['IRC_HOST'],
        hint: 'Their # begins a comment to dotenv; podman’s value is the one that counts.',
      },
      {
        name: 'IRC_NICKSERV_PASSWORD',
        purpose: 'Password of the registered nick.',
        isSecret: true,
        goesWith: ['IRC_HOST', 'IRC_NICK'],
      },
    ],
  },
  {
    service: 'Mattermost',
    source: 'Your Mattermost: Integrations, Bot Accounts.',
    variables: [
      {
        name: 'MATTERMOST_BOT_TOKEN',
        purpose: 'Token of the Mattermost bot.',
        isSecret: true,
        goesWith: ['MATTERMOST_URL'],
      },
      {
        name: 'MATTERMOST_URL',
        purpose: 'Address of the Mattermost server.',
        goesWith: ['MATTERMOST_BOT_TOKEN'],
      },
    ],
  },
  {
    service: 'LINE',
    source: 'Your channel’s pages in the LINE developers console.',
    url: 'https://developers.line.biz/console/',
    variables: [
      {
        name: 'LINE_CHANNEL_ACCESS_TOKEN',
        purpose: 'Access token of the LINE channel.',
        isSecret: true,
        goesWith: ['LINE_CHANNEL_SECRET'],
      },
      {
        name: 'LINE_CHANNEL_SECRET',
        purpose: 'Secret of the LINE channel.',
        isSecret: true,
        goesWith: ['LINE_CHANNEL_ACCESS_TOKEN'],
      },
    ],
  },
  {
    service: 'Microsoft Teams',
    source: 'The registration of your bot in Azure.',
    url: 'https://portal.azure.com',
    variables: [
      {
        name: 'MSTEAMS_APP_ID',
        purpose: 'Id of the Teams app.',
        goesWith: ['MSTEAMS_APP_PASSWORD', 'MSTEAMS_TENANT_ID'],
      },
      {
        name: 'MSTEAMS_APP_PASSWORD',
        purpose: 'Client secret of the Teams app.',
        isSecret: true,
        goesWith: ['MSTEAMS_APP_ID', 'MSTEAMS_TENANT_ID'],
      },
      {
        name: 'MSTEAMS_TENANT_ID',
        purpose: 'Id of the tenant the Teams app belongs to.',
        goesWith: ['MSTEAMS_APP_ID', 'MSTEAMS_APP_PASSWORD'],
      },
    ],
  },
  {
    service: 'Matrix',
    source: 'Your Matrix server, and the settings of the bot’s account there.',
    variables: [
      {
        name: 'MATRIX_HOMESERVER',
        purpose: 'Address of the Matrix server.',
        goesWith: ['MATRIX_ACCESS_TOKEN'],
      },
      {
        name: 'MATRIX_USER_ID',
        purpose: 'The bot’s Matrix id (@bot:server).',
        goesWith: ['MATRIX_HOMESERVER'],
      },
      {
        name: 'MATRIX_ACCESS_TOKEN',
        purpose: 'Access token of the Matrix account.',
        isSecret: true,
        alternatives: ['MATRIX_PASSWORD'],
        goesWith: ['MATRIX_HOMESERVER'],
      },
      {
        name: 'MATRIX_PASSWORD',
        purpose: 'Password of the Matrix account.',
        isSecret: true,
        alternatives: ['MATRIX_ACCESS_TOKEN'],
        goesWith: ['MATRIX_HOMESERVER', 'MATRIX_USER_ID'],
      },
    ],
  },
  {
    service: 'Nextcloud Talk',
    source: 'Shown when the bot is installed on the Nextcloud server.',
    variables: [
      { name: 'NEXTCLOUD_TALK_BOT_SECRET', purpose: 'Secret of the Nextcloud Talk bot.', isSecret: true },
    ],
  },
  {
    service: 'Zalo',
    source: 'Your bot’s page at Zalo.',
    variables: [{ name: 'ZALO_BOT_TOKEN', purpose: 'Token of the Zalo bot.', isSecret: true }],
  },
  {
    service: 'Feishu',
    source: 'Your app’s page "Credentials" at the Feishu open platform.',
    url: 'https://open.feishu.cn/app',
    variables: [
      { name: 'FEISHU_APP_ID', purpose: 'Id of the Feishu app.', goesWith: ['FEISHU_APP_SECRET'] },
      {
        name: 'FEISHU_APP_SECRET',
        purpose: 'Secret of the Feishu app.',
        isSecret: true,
        goesWith: ['FEISHU_APP_ID'],
      },
    ],
  },
  {
    service: 'Twitch',
    source: 'The Twitch developer console.',
    url: 'https://dev.twitch.tv/console',
    variables: [
      {
        name: 'RAZROOM_TWITCH_ACCESS_TOKEN',
        purpose: 'Access token of the Twitch account.',
        isSecret: true,
      },
    ],
  },
  {
    service: 'Google Chat',
    source: 'A service account of your Google Cloud project.',
    url: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
    variables: [
      {
        name: 'GOOGLE_CHAT_SERVICE_ACCOUNT',
        purpose: 'The service account’s key as JSON, on one line.',
        isSecret: true,
        alternatives: ['GOOGLE_CHAT_SERVICE_ACCOUNT_FILE'],
      },
      {
        name: 'GOOGLE_CHAT_SERVICE_ACCOUNT_FILE',
        purpose: 'Path, in the container, of the file with the service account’s key.',
        alternatives: ['GOOGLE_CHAT_SERVICE_ACCOUNT'],
        hint: 'The config directory is /home/node/.razroom in the container.',
      },
    ],
  },
]

export const CHANNEL_VARIABLES: readonly KnownVariable[] = CHANNELS.flatMap(({ variables, ...channel }) =>
  variables.map((variable) => knownVariable({ ...channel, ...variable, group: 'channel' })),
)
