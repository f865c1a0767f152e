/** Everything that helps somebody else to help, as one text without secrets. */
import type { DoctorReport, SupportBundle } from '../../contract/doctor.ts'
import type { Operation } from '../../contract/schemas.ts'
import { describeGap, sanitizeLogText } from '../domain/log-line.ts'
import { maskedEnvLines } from '../domain/mask.ts'
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { type DoctorOptions, examine } from './doctor.ts'
import { readConfigDocument } from './edit-config.ts'
import { readEnvFile, requireUser } from './gateway-files.ts'
import { readUnitView } from './gateway-unit.ts'

const LOG_LINES = 300
const OPERATIONS = 5
const AUDIT_ENTRIES = 200

/**
 * Reads it all; a part that cannot be read says why. Values of secrets are masked where they stand, and once more in the
 * whole text, wherever a program printed them.
 * @param operations newest first
 */
export async function readBundle(
  options: DoctorOptions,
  operations: readonly Operation[],
): Promise<SupportBundle> {
  const { host, version, redact } = options
  const report = await examine(options, true)
  const parts: ReadonlyArray<readonly [title: string, read: () => Promise<string>]> = [
    ['Panel', async () => `razroom-panel ${version}, ${report.at}`],
    ['Machine', async () => json(await host.readFacts())],
    ['Findings', async () => json(report.findings)],
    ['Checks', async () => report.checks.map(checkLine).join('\n')],
    ['Settings', async () => json((await requireUser(host)).settings)],
    ['Unit', async () => unitText(host)],
    ['.env, values of secrets masked', async () => envText(host)],
    ['razroom.json, secrets masked', async () => (await readConfigDocument(host)).text],
    ['Last operations', async () => json(operations.slice(0, OPERATIONS).map(withoutOutput))],
    ['Last entries of the audit log', async () => auditText(host)],
    ['Last lines of the gateway', async () => logText(host)],
  ]
  const sections = await Promise.all(
    parts.map(async ([title, read]) => `== ${title} ==\n${await told(read)}\n`),
  )
  const stamp = report.at.replace(/[-:]|\.\d+/g, '')
  return { filename: `razroom-panel-support-${stamp}.txt`, text: redact(sections.join('\n')) }
}

async function told(read: () => Promise<string>): Promise<string> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return `(could not be read: ${error.message})`
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

function checkLine({ id, outcome, said, tookMs }: DoctorReport['checks'][number]): string {
  return `${outcome.padEnd(7)} ${id.padEnd(14)} ${tookMs} ms  ${said}`
}

async function unitText(host: Host): Promise<string> {
  const { path, state, dropIns, text } = await readUnitView(host)
  return [`${path} (${state})`, ...dropIns, '', text ?? '(none)'].join('\n')
}

async function envText(host: Host): Promise<string> {
  const { user } = await requireUser(host)
  return maskedEnvLines((await readEnvFile(host, user)).file).join('\n')
}

function withoutOutput({ output, ...operation }: Operation): object {
  return { ...operation, outputLines: output.length }
}

/** Oldest first, as they are kept: a line each. */
async function auditText(host: Host): Promise<string> {
  const { entries, unreadable } = await host.readAudit({ limit: AUDIT_ENTRIES })
  const lines = entries.toReversed().map((entry) => JSON.stringify(entry))
  return [...(unreadable === 0 ? [] : [`(${unreadable} lines are no entries)`]), ...lines].join('\n')
}

async function logText(host: Host): Promise<string> {
  const { user, paths } = await requireUser(host)
  const { lines, gaps } = await host.readLogBefore(user, paths.logFile, null, LOG_LINES)
  const lost = new Map(gaps?.map(({ before, reason }) => [before, `${describeGap(reason)}\n`]))
  // Without what is not seen: a secret that a colour or a letter of no width parts would not be known for one.
  const plain = (text: string): string =>
    sanitizeLogText(text)
      .replaceAll(/\x1b\[[0-9;]*m/g, '')
      .replaceAll(/\p{Cf}/gu, '')
  return lines.map(({ cursor, time, text }) => `${lost.get(cursor) ?? ''}${time} ${plain(text)}`).join('\n')
}
