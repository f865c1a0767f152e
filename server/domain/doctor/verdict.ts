/** What a check says: what was seen, and what is wrong with it. */
import type { DoctorFinding } from '../../../contract/doctor.ts'
import type { Finding } from '../../../contract/schemas.ts'

/** A finding before it is known which check found it. */
export type Draft = Omit<DoctorFinding, 'check'>

export interface Verdict {
  /** What was seen, in short. */
  readonly said: string
  readonly findings: readonly Draft[]
}

export function verdict(said: string, ...findings: readonly Draft[]): Verdict {
  return { said, findings }
}

/** A finding that was seen as it is, with what it does to the gateway. */
export function certain(finding: Finding, meaning: string): Draft {
  return { ...finding, meaning, certainty: 'certain' }
}

/** One that follows from what was seen, and may have another reason. */
export function likely(finding: Finding, meaning: string): Draft {
  return { ...finding, meaning, certainty: 'likely' }
}

const RANK = { error: 0, warning: 1, info: 2 } as const

/** The worst first; what is equally bad stays in its order. */
export function byWeight<T extends Pick<Finding, 'severity'>>(findings: readonly T[]): T[] {
  return findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}

const MIB = 1_048_576

/** For people: MiB below a GiB, else GiB. */
export function formatSize(bytes: number): string {
  return bytes < 1024 * MIB ? `${Math.floor(bytes / MIB)} MiB` : `${(bytes / (1024 * MIB)).toFixed(1)} GiB`
}

/** Some names of many. */
export function someOf(names: readonly string[], shown = 3): string {
  const more = names.length - shown
  return more > 0 ? `${names.slice(0, shown).join(', ')} and ${more} more` : names.join(', ')
}
