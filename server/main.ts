/** Composition root and command line: the only reader of argv and the environment, the only caller of process.exit. */
import { parseArgs } from 'node:util'
import { DEFAULT_PANEL_PORT, isPublishablePort } from '../contract/rules.ts'
import { runCli } from './cli/run-cli.ts'
import { readPanelConfig } from './config.ts'
import { connectPanel } from './connect-panel.ts'
import { InputError, PanelError, toProblem } from './errors.ts'
import { serve } from './serve.ts'

/** Files the panel makes are nobody else's business unless a mode is given. */
process.umask(0o077)

function readPort(args: string[]): number {
  try {
    const { values } = parseArgs({ args, options: { port: { type: 'string' } }, strict: true })
    const port = values.port === undefined ? DEFAULT_PANEL_PORT : Number(values.port)
    if (!isPublishablePort(port))
      throw new InputError('USAGE', { detail: `--port ${values.port}: a number from 1024 to 65535` })
    return port
  } catch (error) {
    if (error instanceof PanelError) throw error
    throw new InputError('USAGE', {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

async function main(argv: string[]): Promise<number> {
  if (argv[0] === 'serve') return serve(readPanelConfig(readPort(argv.slice(1))))
  const { stdin, stdout, stderr, env } = process
  const io = { stdin, stdout, stderr, env, isTty: stdout.isTTY === true }
  return runCli(argv, io, () => connectPanel(readPanelConfig()))
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const problem = toProblem(error)
    if (problem.code === 'INTERNAL') console.error(error)
    process.stderr.write(
      `razroom-panel: ${problem.title}${problem.detail ? `: ${problem.detail}` : ''}\n${problem.hint}\n`,
    )
    process.exit(1)
  },
)
