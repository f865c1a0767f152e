import { createInterface } from 'node:readline/promises'
import { ConflictError } from '../errors.ts'
import type { CliIo } from './cli-io.ts'
import { ProblemError, problemOf } from './problem-error.ts'

/** True when there is a person to ask: both ends are a terminal. */
export function canAsk(io: CliIo): boolean {
  return io.isTty && io.stdin.isTTY === true
}

/** Asks on the terminal, before anything is changed, and goes on only after `yes`. Errors: OPERATION_CANCELLED for anything else. */
export async function askYes(io: CliIo, question: string): Promise<void> {
  const reader = createInterface({ input: io.stdin, output: io.stderr, terminal: false, historySize: 0 })
  try {
    const answer = await Promise.race([
      reader.question(`${question} [yes/no] `),
      new Promise<string>((resolve) => reader.once('close', () => resolve(''))),
    ])
    if (/^y(es)?$/i.test(answer.trim())) return
    throw new ProblemError({
      ...problemOf(new ConflictError('OPERATION_CANCELLED')),
      hint: 'Nothing was changed.',
    })
  } finally {
    reader.close()
  }
}
