import { resolve } from 'node:path'
import type { EnvCheck } from '../../contract/env.ts'
import type { CommandContext } from './command.ts'
import { findingLines } from './env-read.ts'
import { hasCode, ProblemError, problemOf, usageError } from './problem-error.ts'
import { decodeUtf8, readInput } from './read-input.ts'

const EXIT_BY_VERDICT: Readonly<Record<EnvCheck['verdict'], number>> = { clean: 0, findings: 1, fatal: 2 }
const CONCLUSIONS: Readonly<Record<EnvCheck['verdict'], string>> = {
  clean: 'Clean: every reader sees the same.',
  findings: 'The container would start, but see above.',
  fatal: 'The container would not start.',
}

/**
 * `env check [FILE]`: FILE (or `-`, standard input) is checked inside this process, the gateway's own .env by the
 * panel. Resolves with 0 clean, 1 findings, 2 the container would not start.
 */
export async function checkEnv(context: CommandContext, file: string | undefined): Promise<number> {
  const check = file === undefined ? await checkOwn(context) : await checkFile(context, file)
  if (context.out.json) context.out.document(check)
  else {
    // In one piece: a file may have 100,000 lines, and each piece waits for itself.
    const lines = findingLines(check.findings, context.out, file === undefined)
    await context.out.write(lines.map((line) => `${line}\n`).join(''))
    context.out.line(CONCLUSIONS[check.verdict])
  }
  return EXIT_BY_VERDICT[check.verdict]
}

async function checkFile({ io, services }: CommandContext, file: string): Promise<EnvCheck> {
  if (file === '') throw usageError('env check: the name of the file is empty')
  if (file === '-') return services.checkEnv(await readInput(io.stdin))
  const path = resolve(io.cwd, file)
  return services.checkEnv(decodeUtf8(await services.readInputFile(path).catch(refuse), path))
}

/** The words of the table are about addresses of the page. */
function refuse(error: unknown): never {
  if (!hasCode(error, 'NOT_FOUND')) throw error
  throw new ProblemError({
    ...problemOf(error),
    title: 'There is no such file',
    hint: 'Check its name; without one the .env of the gateway is checked.',
  })
}

async function checkOwn({ client }: CommandContext): Promise<EnvCheck> {
  const panel = await client()
  const { exists, path } = await panel.call('GET /api/env', {})
  if (!exists) return missingFile(path)
  const { text } = await panel.call('POST /api/env/reveal', { body: {} })
  return panel.call('POST /api/env/check', { body: { text } })
}

/** podman ends with exit code 125 when its env file is missing (docs/facts/env-dialects.md). */
function missingFile(path: string): EnvCheck {
  const finding = {
    id: 'env-file-missing',
    severity: 'error',
    title: 'There is no .env file',
    evidence: path,
    hint: 'Run: sudo razroom-panel setup',
  } as const
  return { verdict: 'fatal', findings: [finding] }
}
