/** After an operation that should have left a gateway that runs: what the doctor finds, as lines for people. */
import type { DoctorFinding } from '../../contract/doctor.ts'
import type { Operation } from '../../contract/schemas.ts'
import { STARTING_OPERATIONS } from '../../contract/starting-operations.ts'
import type { Client } from './client.ts'
import { printable } from './terminal-text.ts'

const SHOWN = 3
/** The problem of the operation says that already. */
const KNOWN_ALREADY = 'gateway.failed'

/** Never throws: the problem of the operation is the one to tell. Nothing where nothing was found. */
export async function findReasons(client: Client, { kind, state }: Operation): Promise<string[]> {
  if (state !== 'failed' || !STARTING_OPERATIONS.has(kind)) return []
  try {
    const { findings } = await client.call('GET /api/doctor', { query: { about: 'start' } })
    const told = findings.filter(({ id, severity }) => severity !== 'info' && id !== KNOWN_ALREADY)
    if (told.length === 0) return []
    return ['', 'What the doctor finds:', ...told.slice(0, SHOWN).flatMap(findingLines)]
  } catch {
    // The panel is gone, or is another version: the person is told to ask the doctor by the problem's hint.
    return []
  }
}

function findingLines({ id, title, evidence, hint, fix }: DoctorFinding): string[] {
  const mend = fix === undefined ? (hint ?? '') : `${fix.label}: sudo razroom-panel doctor --fix ${id}`
  return [`  ${title}: ${evidence}`, ...(mend === '' ? [] : [`    ${mend}`])].map((line) => printable(line))
}
