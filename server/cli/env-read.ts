import type { EnvDocument, EnvEntry } from '../../contract/env.ts'
import type { Finding } from '../../contract/schemas.ts'
import { NotFoundError } from '../errors.ts'
import type { CommandContext } from './command.ts'
import type { Output, Style } from './output.ts'
import { usageError } from './problem-error.ts'
import { printable } from './terminal-text.ts'

const SEVERITY_STYLES: Readonly<Record<Finding['severity'], Style>> = {
  info: 'cyan',
  warning: 'yellow',
  error: 'red',
}

/** `env list`: the assignments, secrets masked, then the findings. */
export async function listEnv({ client, out }: CommandContext): Promise<number> {
  const document = await (await client()).call('GET /api/env', {})
  if (out.json) {
    out.document(document)
    return 0
  }
  const assignments = document.entries.filter((entry) => entry.kind === 'assignment')
  if (!document.exists) out.note(`${printable(document.path)} does not exist yet.`)
  // In one piece each: a file may have 100,000 lines.
  await out.write(assignments.map((entry) => `${entryLine(entry, out)}\n`).join(''))
  if (document.findings.length > 0) out.note(findingLines(document.findings, out, true).join('\n'))
  return 0
}

function entryLine(entry: EnvEntry, out: Output): string {
  const value = entry.masked
    ? out.style('dim', `•••••••• (${entry.length} characters)`)
    : printable(entry.value ?? '')
  const note = entry.isEffective ? '' : out.style('dim', '  (a later line sets it again)')
  return `${printable(entry.key ?? '')}=${value}${note}`
}

/**
 * Findings for people: severity, line, title, and below it what was seen and what mends it.
 * @param isOwn the file is the gateway's own `.env`, which `env mend` can change; of others it is told what to write
 */
export function findingLines(findings: readonly Finding[], out: Output, isOwn: boolean): string[] {
  return findings.flatMap((finding) => {
    const place = finding.line === undefined ? '' : ` line ${finding.line}:`
    const severity = out.style(SEVERITY_STYLES[finding.severity], finding.severity)
    return [
      `${severity}:${place} ${printable(finding.title)}`,
      ...[finding.evidence, finding.hint ?? '', fixText(finding, isOwn)]
        .filter((text) => text !== '')
        .map((text) => `  ${printable(text)}`),
    ]
  })
}

function fixText({ fix, line }: Finding, isOwn: boolean): string {
  if (fix === undefined || line === undefined) return ''
  if (isOwn) return `${fix.label}: sudo razroom-panel env mend --line ${line}`
  return `${fix.label}: ${previewLines(fix.preview).join(' | ')}`
}

/** What a line becomes, for people. */
export function previewLines(preview: string | undefined): string[] {
  if (preview === undefined) return []
  return preview === '' ? ['(the line goes)'] : preview.split('\n')
}

/** `env get K`: the value podman gives the container, alone on stdout. Errors: ENV_KEY_NOT_FOUND. */
export async function getEnvValue(context: CommandContext, key: string | undefined): Promise<number> {
  if (key === undefined) throw usageError('env get needs the name of a variable')
  const value = await revealValue(context, key)
  if (context.out.json) context.out.document({ key, value })
  else context.out.verbatim(context.out.isTty ? printable(value) : value)
  return 0
}

async function revealValue({ client }: CommandContext, key: string): Promise<string> {
  const panel = await client()
  for (let isLastTry = false; ; isLastTry = true) {
    const document = await panel.call('GET /api/env', {})
    const { text, etag } = await panel.call('POST /api/env/reveal', {
      body: { line: findLine(document, key) },
    })
    if (etag === document.etag) return text
    // The file changed between the two requests: the line may be another one now.
    if (isLastTry) throw new NotFoundError('ENV_KEY_NOT_FOUND', { detail: `${key}: the file keeps changing` })
  }
}

function findLine(document: EnvDocument, key: string): number {
  const entry = document.entries.find((candidate) => candidate.key === key && candidate.isEffective)
  if (entry !== undefined) return entry.line
  throw new NotFoundError('ENV_KEY_NOT_FOUND', { detail: `${key} is not in ${document.path}` })
}
