/** What a panel could tell of its gateway, for tests. */
import type { Connections } from '../../../contract/connections.ts'

const slack = (name: string) => ({ name, purpose: `About ${name}.`, isSecret: true, isSet: false })

export const KNOWN: Connections = {
  etags: { env: 'e1', config: 'c1' },
  providers: [
    {
      id: 'openai',
      service: 'OpenAI',
      variable: 'OPENAI_API_KEY',
      isSet: false,
      models: ['openai/gpt-5.2', 'openai/gpt-5-mini'],
      url: 'https://platform.openai.com/api-keys',
    },
    {
      id: 'xai',
      service: 'xAI',
      variable: 'XAI_API_KEY',
      isSet: true,
      setIn: 'XAI_API_KEY',
      models: ['xai/grok-4'],
      hint: 'It is for Grok models.',
    },
  ],
  channels: [
    {
      id: 'slack',
      service: 'Slack',
      isSet: false,
      ways: [['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']],
      variables: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_USER_TOKEN'].map(slack),
      url: 'https://api.slack.com/apps',
      hints: ['The two tokens switch the channel on.'],
    },
    {
      id: 'irc',
      service: 'IRC',
      isSet: true,
      ways: [['IRC_HOST', 'IRC_NICK']],
      variables: [
        { name: 'IRC_HOST', purpose: 'The server.', isSecret: false, isSet: true, value: 'irc.example.org' },
        { name: 'IRC_NICK', purpose: 'The name.', isSecret: false, isSet: true, value: 'bot' },
      ],
      hints: [],
    },
  ],
  model: 'xai/grok-4',
  hasProvider: true,
}
