/**
 * What the root half itself writes down of what it was asked to do. The audit log tells what the front says of people; this
 * tells what the front had done, and there is no verb that writes, reads or removes it. Of each verb some in an hour have
 * a line, the others are counted: so however much is asked for, lines of many days stay.
 */
import { join } from 'node:path'
import { AUDIT_DIRECTORY } from '../audit-log.ts'
import { createSegments, type SegmentLimits, syncPath } from '../audit-segments.ts'
import { VERBS, type VerbName } from './verbs.ts'

const HOUR_MS = 3_600_000
/** Lines of one verb in an hour. */
const LINES_AN_HOUR = 3
/** All verbs at their most are some 15 kB in an hour: this is three weeks of it. */
const LIMITS: SegmentLimits = { maxBytes: 1_048_576, maxFiles: 8 }

/** Verbs that change nothing, and are asked for all the time. A new verb is told unless it is put here. */
const QUIET: ReadonlySet<VerbName> = new Set<VerbName>([
  ...(['readFacts', 'findPortHolder', 'hasAddress', 'readDiskFree', 'readUsage', 'canStackOverlay'] as const),
  ...([
    'probeGateway',
    'proveGatewayToken',
    'readMemory',
    'readInodes',
    'readSystemUnit',
    'readInstalledVersion',
  ] as const),
  ...(['findPeerUid', 'findUser', 'requireAdmitted', 'listUsers', 'readIdRanges', 'hasLinger'] as const),
  ...(['hasUserManager', 'readDelegation', 'readHome', 'hasUserDirectory', 'listUserDirectory'] as const),
  ...(['watchUserFiles', 'followLog', 'readLogBefore', 'findOddFiles', 'checkPodman'] as const),
  ...([
    'inspectContainer',
    'inspectImage',
    'readContainerLogs',
    'watchContainers',
    'describePodman',
  ] as const),
  ...(['fingerprintSource', 'isBundledAvailable', 'listImages', 'listRegistryLogins', 'readUnit'] as const),
  ...(['readUnitJournal', 'dryRunQuadlet', 'describeSystemctl', 'listBackups', 'listGatewayTree'] as const),
  ...(['readTreeRoom', 'readRestoreMark', 'readState', 'acquireLock', 'appendAudit', 'readAudit'] as const),
  ...(['listVersions', 'claimControlSocket', 'makePrivateSocketPath', 'close'] as const),
])

export interface RootLine {
  readonly seq: number
  readonly at: string
  readonly verb: VerbName
  /** As the front named it; whether it is admitted is looked at after that. */
  readonly account?: string
  /** So many more were asked for within the hour that began with the last line of this verb. */
  readonly more?: number
}

/** Of this process: it does not begin anew with each connection. */
export interface RootRecord {
  /**
   * Writes down that this was asked for, before it is done. What can not be written holds nothing up and is said in the
   * journal.
   * @param args as the verb takes them, checked; of them only the name of the account is written
   */
  tell(verb: VerbName, args: readonly unknown[]): void
}

interface Hour {
  readonly since: number
  count: number
}

/**
 * @param stateDir root's directory, 0700
 * @param now for tests: milliseconds of a clock that is never set back
 */
export function createRootRecord(stateDir: string, now: () => number = () => performance.now()): RootRecord {
  const directory = join(stateDir, AUDIT_DIRECTORY)
  const lines = createSegments(directory, 'root', LIMITS, seqOf)
  const hours = new Map<VerbName, Hour>()
  let isFailing = false

  function write(line: Omit<RootLine, 'seq' | 'at'>): void {
    try {
      const end = lines.readEnd()
      const whole: RootLine = { seq: end.lastSeq + 1, at: new Date().toISOString(), ...line }
      for (const path of lines.append(end, whole.seq, JSON.stringify(whole)))
        syncPath(path).catch((error: unknown) => console.error('root record:', error))
      isFailing = false
    } catch (error) {
      if (!isFailing) console.error('root record: it can not be written:', error)
      isFailing = true
    }
  }

  /** What was counted in hours that are over. */
  function sumUp(at: number): void {
    for (const [verb, { since, count }] of hours) {
      if (at - since < HOUR_MS) continue
      hours.delete(verb)
      if (count > LINES_AN_HOUR) write({ verb, more: count - LINES_AN_HOUR })
    }
  }

  return {
    tell(verb, args) {
      if (QUIET.has(verb)) return
      const at = now()
      sumUp(at)
      const hour = hours.get(verb) ?? { since: at, count: 0 }
      hours.set(verb, hour)
      hour.count += 1
      if (hour.count <= LINES_AN_HOUR) write({ verb, ...accountOf(verb, args) })
    },
  }
}

function accountOf(verb: VerbName, args: readonly unknown[]): { account?: string } {
  const [first] = args
  if (verb === 'createUser' || verb === 'finishUser' || verb === 'addIdRanges')
    return { account: String(first) }
  if (!VERBS[verb].isAccount || typeof first !== 'object' || first === null || !('name' in first)) return {}
  return { account: String(first.name) }
}

function seqOf(line: string): number | null {
  try {
    const value: unknown = JSON.parse(line)
    const seq = typeof value === 'object' && value !== null && 'seq' in value ? value.seq : null
    return typeof seq === 'number' && Number.isSafeInteger(seq) ? seq : null
  } catch {
    // Torn: whoever wrote it was killed, or met a full disk.
    return null
  }
}
