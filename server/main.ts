/** Composition root and command line: the only reader of argv and the environment, the only caller of process.exit. */
import type { Connection } from './cli/cli-io.ts'
import { runCli } from './cli/run-cli.ts'
import { readPanelConfig } from './config.ts'
import { connectPanel } from './connect-panel.ts'
import { readHandedSockets } from './host/handed-sockets.ts'
import { readInputFile } from './host/read-input-file.ts'
import { runUninstaller } from './host/run-uninstaller.ts'
import { runWizard } from './host/run-wizard.ts'
import { createAdmission } from './host/split/admission.ts'
import { writeOutputFile } from './host/write-output-file.ts'
import { checkEnvText } from './operations/edit-env.ts'
import { serve } from './serve.ts'

/** Files the panel makes are nobody else's business unless a mode is given. */
process.umask(0o077)

const openAdmission = () => createAdmission(readPanelConfig().stateDir)

function onInterrupt(handler: () => void): () => void {
  process.on('SIGINT', handler)
  return () => process.off('SIGINT', handler)
}

const { stdin, stdout, stderr, env } = process
const code = await runCli(
  process.argv.slice(2),
  {
    stdin,
    stdout,
    stderr,
    env,
    isTty: stdout.isTTY === true,
    uid: process.geteuid?.() ?? -1,
    cwd: process.cwd(),
    onInterrupt,
  },
  {
    version: readPanelConfig().version,
    connect: (): Promise<Connection> => connectPanel(readPanelConfig()),
    serve: ({ port, half }) =>
      serve(readPanelConfig(port), {
        half,
        program: [...process.execArgv, process.argv[1] ?? ''],
        sockets: readHandedSockets(env, process.pid),
      }),
    readInputFile,
    writeOutputFile,
    // The name is what the panel says: it must be one that root allowed, and the home is what the machine says.
    runWizard: async ({ name }) => runWizard(await (await openAdmission()).findAccount(name), env),
    allowances: {
      list: async () => (await openAdmission()).readList(),
      addUser: async (name, mayBeMissing) => (await openAdmission()).addUser(name, mayBeMissing),
      removeUser: async (name) => (await openAdmission()).removeUser(name),
      addPath: async (path) => (await openAdmission()).addPath(path),
      removePath: async (path) => (await openAdmission()).removePath(path),
    },
    checkEnv: checkEnvText,
    uninstall: (options, onLine) => runUninstaller(readPanelConfig().bundledDir, options, onLine),
  },
)
process.exit(code)
