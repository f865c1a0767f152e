/**
 * `npm run audit`: asks the registry for known holes in what a release holds.
 * Exit codes: 0 none that is high or critical, 1 there are some, 3 the registry gave no answer, so nothing is known.
 */
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ARGV = ['npm', 'audit', '--omit=dev', '--json'] as const
const LIMIT_MS = 120_000
const LEVELS = ['info', 'low', 'moderate', 'high', 'critical'] as const
const TOO_BAD: readonly string[] = ['high', 'critical']

export interface Verdict {
  readonly exitCode: 0 | 1 | 3
  readonly lines: readonly string[]
}

interface Report {
  readonly message?: unknown
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> }
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity?: string; readonly range?: string }>>
}

function parse(text: string): Report {
  try {
    const report: unknown = JSON.parse(text)
    return typeof report === 'object' && report !== null ? report : {}
  } catch {
    // npm that could not even start prints no JSON; that is no answer either.
    return {}
  }
}

/**
 * Only a report that counts holes is an answer: npm exits 1 for a hole and for a registry that cannot be asked alike.
 * @param text what `npm audit --json` printed
 */
export function judgeAudit(text: string): Verdict {
  const { message, metadata, vulnerabilities = {} } = parse(text)
  const counts = metadata?.vulnerabilities
  if (counts === undefined || LEVELS.some((level) => typeof counts[level] !== 'number')) {
    const why = typeof message === 'string' ? message : 'npm printed no report'
    return { exitCode: 3, lines: [`The registry was not asked for known holes: ${why}`] }
  }
  const found = Object.entries(vulnerabilities).map(
    ([name, { severity, range }]) => `${severity}: ${name} ${range ?? ''}`,
  )
  const isBad = TOO_BAD.some((level) => (counts[level] ?? 0) > 0)
  const sum = LEVELS.map((level) => `${level} ${counts[level]}`).join(', ')
  return { exitCode: isBad ? 1 : 0, lines: [...found, `Known holes in what is shipped: ${sum}`] }
}

function main(): number {
  const [program, ...args] = ARGV
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8', timeout: LIMIT_MS })
  if (error !== undefined) console.error(error.message)
  const { exitCode, lines } = judgeAudit(stdout ?? '')
  for (const line of lines) console.log(line)
  return exitCode
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main()
}
