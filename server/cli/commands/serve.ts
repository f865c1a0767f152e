import { DEFAULT_PANEL_PORT } from '../../../contract/rules.ts'
import { type Command, textOption } from '../command.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { parseHostPort } from '../parse-port.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Run the panel itself, in the foreground',
  forms: ['serve [--port N]'],
  about: ['The installed panel is started by systemd; this is what its unit runs.'],
  options: {
    port: {
      type: 'string',
      value: 'N',
      about: `port of the page on 127.0.0.1 (default ${DEFAULT_PANEL_PORT})`,
    },
  },
  examples: [['sudo razroom-panel serve --port 18781', 'serve the page on another port']],
  needsRoot: () => true,
  async run({ options, positionals, services }) {
    refuseOperands('serve', positionals)
    const port = textOption(options, 'port')
    return services.serve(port === undefined ? {} : { port: parseHostPort(port, '--port') })
  },
}
