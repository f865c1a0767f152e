import { join } from 'node:path'
import { type CliContext, toJson, usageError, warningBox } from '../cli-context.ts'
import { isRecord } from '../config-schema.ts'
import { describeError, FatalError, systemErrorCode } from '../fatal-error.ts'
import { readText } from '../read-file.ts'

/** `sessions`: the conversations in the store of the main agent. The bundled gateway makes none by itself. */
export function sessionsCommand(context: CliContext, operands: readonly string[], asJson: boolean): string {
  if (operands.length > 0) throw usageError('sessions takes no operand')
  const path = join(context.paths.stateDir, 'agents/main/sessions/sessions.json')
  const store = readStore(path)
  const sessions = Object.entries(isRecord(store) ? store : {}).flatMap(([key, entry]) => {
    if (!isRecord(entry)) return []
    const updatedAt = typeof entry.updatedAt === 'number' ? entry.updatedAt : null
    return [
      {
        key,
        kind: kindOf(key),
        ...entry,
        updatedAt,
        ageMs: updatedAt === null ? null : Date.now() - updatedAt,
      },
    ]
  })
  const report = { path, count: sessions.length, activeMinutes: null, sessions }
  if (asJson) return toJson(report)
  return `Session store: ${path}\nSessions listed: ${sessions.length}\n${sessions.map(({ key }) => `${key}\n`).join('')}`
}

/** `cron list`: the jobs of the store that are switched on. The bundled gateway runs none. */
export function cronCommand(context: CliContext, operands: readonly string[], asJson: boolean): string {
  if (operands.join(' ') !== 'list') throw usageError('use `cron list`')
  const store = readStore(join(context.paths.stateDir, 'cron/jobs.json'))
  const all = isRecord(store) && Array.isArray(store.jobs) ? store.jobs.filter(isRecord) : []
  const jobs = all.filter(({ enabled }) => enabled !== false)
  if (asJson) return `${warningBox()}${toJson({ jobs })}`
  return jobs.length === 0 ? 'No cron jobs.\n' : jobs.map(({ name }) => `${String(name)}\n`).join('')
}

function kindOf(key: string): string {
  return /:(?:group|channel):/.test(key) ? 'group' : key === 'global' ? 'global' : 'direct'
}

/** @throws {FatalError} it is there, and no JSON */
function readStore(path: string): unknown {
  try {
    return JSON.parse(readText(path))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return {}
    throw new FatalError([`cannot read ${path}: ${describeError(error)}`], { cause: error })
  }
}
