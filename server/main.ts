/**
 * Composition root and command line: the only reader of argv and the environment, the only caller of process.exit. What
 * only some commands need is loaded when it is needed: the two halves of the daemon stay for months, each with little of it.
 */
import type { Connection } from './cli/cli-io.ts'
import { runCli } from './cli/run-cli.ts'
import { readPanelConfig } from './config.ts'
import { findProgram } from './host/clean-environment.ts'
import { readHandedSockets } from './host/handed-sockets.ts'

/** Files the panel makes are nobody else's business unless a mode is given. */
process.umask(0o077)

const openAdmission = async () => {
  const { createAdmission } = await import('./host/split/admission.ts')
  return createAdmission(readPanelConfig().stateDir)
}

function onInterrupt(handler: () => void): () => void {
  process.on('SIGINT', handler)
  return () => process.off('SIGINT', handler)
}

/** A shell may stand in a directory that was removed meanwhile, and most commands name no path. */
function currentDirectory(): string {
  try {
    return process.cwd()
  } catch {
    // What is loaded later asks for it, too.
    process.chdir('/')
    return '/'
  }
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
    hasSudo: (await findProgram('sudo')) !== null,
    cwd: currentDirectory(),
    onInterrupt,
  },
  {
    version: readPanelConfig().version,
    commands:
      process.argv[2] === 'serve'
        ? [(await import('./cli/commands/serve.ts')).serve]
        : (await import('./cli/command-list.ts')).COMMANDS,
    connect: async (): Promise<Connection> =>
      (await import('./connect-panel.ts')).connectPanel(readPanelConfig()),
    serve: async ({ port, half }) =>
      (await import('./serve.ts')).serve(readPanelConfig(port), {
        half,
        program: {
          argv: [...process.execArgv, process.argv[1] ?? ''],
          // What bin/razroom-panel has said of memory is for both halves (mallopt(3)).
          env: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('MALLOC_'))),
        },
        sockets: readHandedSockets(env, process.pid),
      }),
    readInputFile: async (path) => (await import('./host/read-input-file.ts')).readInputFile(path),
    writeOutputFile: async (path, text) =>
      (await import('./host/write-output-file.ts')).writeOutputFile(path, text),
    // The name is what the panel says: it must be one that root allowed, and the home is what the machine says.
    runWizard: async ({ name }) => {
      const account = await (await openAdmission()).findAccount(name)
      return (await import('./host/run-wizard.ts')).runWizard(account, env)
    },
    allowances: {
      list: async () => (await openAdmission()).readList(),
      addUser: async (name, mayBeMissing) => (await openAdmission()).addUser(name, mayBeMissing),
      removeUser: async (name) => (await openAdmission()).removeUser(name),
      addPath: async (path) => (await openAdmission()).addPath(path),
      removePath: async (path) => (await openAdmission()).removePath(path),
    },
    hasPath: async (path) => (await import('./host/has-path.ts')).hasPath(path),
    findAccountName: async (key) => (await import('./host/account-name.ts')).findAccountName(key),
    checkEnv: async (text) => (await import('./operations/edit-env.ts')).checkEnvText(text),
    uninstall: async (options, onLine) =>
      (await import('./host/run-uninstaller.ts')).runUninstaller(
        readPanelConfig().bundledDir,
        options,
        onLine,
      ),
  },
)
process.exit(code)
