import { DEFAULT_PANEL_PORT } from '../../../contract/rules.ts'
import { type Command, textOption } from '../command.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { parseHostPort } from '../parse-port.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Run the panel itself, in the foreground',
  forms: ['serve [--port N]', 'serve --half root'],
  about: [
    'The installed panel is started by systemd; this is what its units run.',
    'As root it makes the sockets, and starts a part of itself as the user razroom-panel,',
    'without rights, which speaks to browsers.',
  ],
  options: {
    port: {
      type: 'string',
      value: 'N',
      about: `port of the page on 127.0.0.1 (default ${DEFAULT_PANEL_PORT})`,
    },
    half: {
      type: 'string',
      value: 'root',
      about: 'only the part that touches the machine, on the socket that systemd hands over',
    },
  },
  examples: [['sudo razroom-panel serve --port 18781', 'serve the page on another port']],
  // Under systemd the part that speaks to browsers runs without rights; whatever else is not root's is refused there.
  needsRoot: () => false,
  async run({ options, positionals, services }) {
    refuseOperands('serve', positionals)
    const port = textOption(options, 'port')
    const half = textOption(options, 'half')
    return services.serve({
      ...(port === undefined ? {} : { port: parseHostPort(port, '--port') }),
      ...(half === undefined ? {} : { half }),
    })
  },
}
