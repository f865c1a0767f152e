import { resolve } from 'node:path'
import type { DoctorCheck, DoctorFinding, DoctorReport } from '../../../contract/doctor.ts'
import type { Operation } from '../../../contract/schemas.ts'
import { alwaysRoot, type Command, type CommandContext, textOption } from '../command.ts'
import type { Output, Style } from '../output.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { problemOf } from '../problem-error.ts'
import { runOperation } from '../run-operation.ts'
import { printable } from '../terminal-text.ts'

/** Nothing at warning or above; something; it could not look. */
const EXIT = { well: 0, found: 1, blind: 2 } as const
const STYLES: Readonly<Record<DoctorFinding['severity'], Style>> = {
  info: 'cyan',
  warning: 'yellow',
  error: 'red',
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'Look at everything the gateway needs, say what is wrong, and mend it',
  forms: ['doctor [--slow] [--json]', 'doctor --fix CHECK [--json]', 'doctor --bundle FILE [--json]'],
  about: [
    'Looks at the machine, the user, the network, the unit, the files and the gateway. Each finding says what was seen,\n' +
      'what it means, and what mends it: by --fix with its id, or by the steps it names.',
    'Exit codes: 0 nothing at warning or above (a note never counts), 1 something is, 2 it could not look.\n' +
      'With --fix they tell of the look afterwards; 1 also when the mend failed.',
    'With --json: { findings: [{ id, severity, title, evidence, meaning, certainty, check, hint?, fix? }], checks, at };\n' +
      'after --fix also operation. With --bundle: { filename, text }.',
  ],
  options: {
    fix: { type: 'string', value: 'CHECK', about: 'mend the finding of this id, or all of this check' },
    bundle: {
      type: 'string',
      value: 'FILE',
      about: 'write all that helps a helper into this new file, secrets masked',
    },
    slow: { type: 'boolean', about: 'run the slow checks, too' },
  },
  examples: [
    ['sudo razroom-panel doctor', 'what is wrong, and what mends it'],
    ['sudo razroom-panel doctor --fix linger.off', 'mends that'],
  ],
  needsRoot: alwaysRoot,
  failedExitCode: EXIT.blind,
  async run(context) {
    refuseOperands('doctor', context.positionals)
    const name = textOption(context.options, 'fix')
    if (name !== undefined) return fix(context, name)
    const file = textOption(context.options, 'bundle')
    if (file !== undefined) return bundle(context, file)
    const report = await look(context)
    if (context.out.json) context.out.document(report)
    else tell(context, report)
    return exitOf(report)
  },
}

async function bundle({ client, io, out, services }: CommandContext, file: string): Promise<number> {
  const document = await (await client()).call('GET /api/doctor/bundle', {})
  await services.writeOutputFile(resolve(io.cwd, file), document.text)
  if (out.json) out.document(document)
  else out.line(printable(`Written: ${file}. Secrets are masked; look through it before you pass it on.`))
  return EXIT.well
}

async function look({ client, options }: CommandContext): Promise<DoctorReport> {
  const panel = await client()
  return panel.call('GET /api/doctor', options.slow === true ? { query: { slow: true } } : {})
}

async function fix(context: CommandContext, name: string): Promise<number> {
  let operation: Operation
  try {
    operation = await runOperation(context, (client) =>
      client.call('POST /api/doctor/:check/fix', { params: { check: name } }),
    )
  } catch (error) {
    context.out.problem(problemOf(error))
    return EXIT.found
  }
  const report = await look(context)
  if (context.out.json) context.out.document({ operation, ...report })
  else tell(context, report)
  return exitOf(report)
}

/** What could not be looked at may be the worst of all, so nothing is well then. */
function exitOf({ findings, checks }: DoctorReport): number {
  if (findings.some(({ severity }) => severity !== 'info')) return EXIT.found
  return checks.some(({ outcome }) => outcome === 'failed') ? EXIT.blind : EXIT.well
}

function tell({ out, verbose }: CommandContext, report: DoctorReport): void {
  for (const line of reportLines(report, out, verbose)) out.line(line)
}

/**
 * The report for people, one string a line.
 * @param verbose tell every check, not only those that found something
 */
export function reportLines(
  { findings, checks }: DoctorReport,
  out: Pick<Output, 'style'>,
  verbose: boolean,
): string[] {
  const failed = checks.filter(({ outcome }) => outcome === 'failed')
  return [
    ...findings.flatMap((finding) => findingLines(finding, checks, out)),
    ...failed.map(({ id, said }) => out.style('yellow', `could not look at ${id}: ${printable(said)}`)),
    ...(verbose ? checks.map((check) => checkLine(check, out)) : []),
    conclusion(findings, checks),
  ]
}

function findingLines(
  finding: DoctorFinding,
  checks: readonly DoctorCheck[],
  out: Pick<Output, 'style'>,
): string[] {
  const { id, severity, title, evidence, meaning, certainty, hint, fix: mend, check } = finding
  const looked = checks.find((one) => one.id === check)?.looked
  const likely = certainty === 'likely' ? ' (likely)' : ''
  return [
    `${out.style(STYLES[severity], severity)}: ${printable(title)}${likely}  ${out.style('dim', `[${id}]`)}`,
    ...[evidence, meaning, hint ?? ''].filter((text) => text !== '').map((text) => `  ${printable(text)}`),
    ...(looked === undefined ? [] : [out.style('dim', `  Looked at: ${printable(looked)}`)]),
    ...(mend === undefined ? [] : [`  ${printable(mend.label)}: sudo razroom-panel doctor --fix ${id}`]),
    '',
  ]
}

function checkLine({ id, outcome, said, tookMs }: DoctorCheck, out: Pick<Output, 'style'>): string {
  return `${outcome.padEnd(7)} ${id.padEnd(14)} ${printable(said)} ${out.style('dim', `${tookMs} ms`)}`
}

function conclusion(findings: readonly DoctorFinding[], checks: readonly DoctorCheck[]): string {
  const bad = findings.filter(({ severity }) => severity !== 'info').length
  const looked = checks.filter(({ outcome }) => outcome !== 'skipped' && outcome !== 'failed').length
  if (bad > 0) return `${bad} ${bad === 1 ? 'thing is' : 'things are'} wrong; ${looked} checks looked.`
  if (checks.some(({ outcome }) => outcome === 'failed'))
    return 'Nothing wrong was found, but not everything could be looked at.'
  return `All is well: ${looked} checks looked.`
}
