import { runCommandLine } from './command-line.ts'
import { describeError, FatalError, systemErrorCode } from './fatal-error.ts'
import { createLog, formatEarlyLine } from './log.ts'

// The entry of the bundled gateway: the only reader of argv and environment, the only process.exit.

const write = (text: string) => void process.stdout.write(text)
const isGateway = process.argv[2] === 'gateway'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read our output is gone: the gateway serves on without a log, a command has nothing left to do.
    if (error.code !== 'EPIPE') throw error
    if (!isGateway) process.exit(1)
  })
}

function report(messages: readonly string[]): void {
  for (const message of messages) {
    // Only the gateway stamps its early errors; commands speak plainly.
    process.stderr.write(`${isGateway ? formatEarlyLine(message, new Date()) : message}\n`)
  }
}

async function main(): Promise<number> {
  try {
    return await runCommandLine(process.argv.slice(2), {
      env: process.env,
      stdin: process.stdin,
      stdout: process.stdout,
      write,
      log: createLog(write),
      onSignal: (listener) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, listener)
      },
    })
  } catch (error) {
    if (error instanceof FatalError) {
      report(error.messages)
      return error.exitCode
    }
    // What the system refuses (no right, no space) is told by its own message; anything else is a bug and keeps
    // its stack.
    if (systemErrorCode(error) === undefined || !(error instanceof Error && 'syscall' in error)) throw error
    report([describeError(error)])
    return 1
  }
}

process.exit(await main())
