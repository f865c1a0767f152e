/** Runs the doctor's checks, all at once, and puts together what they say. */
import type { DoctorCheck, DoctorFinding, DoctorReport } from '../../contract/doctor.ts'
import { byWeight } from '../domain/doctor/verdict.ts'
import { HostError, PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { type Check, NETWORK_CHECKS, Skip, USER_CHECKS } from './doctor-checks.ts'
import { GATEWAY_CHECKS } from './doctor-gateway-checks.ts'
import { createLook, type Look, type Patient } from './doctor-look.ts'
import { MACHINE_CHECKS } from './doctor-machine-checks.ts'

export interface DoctorOptions {
  readonly host: Host
  /** Of the panel that looks. */
  readonly version: string
  /** Masks secrets in everything that is told. */
  readonly redact: (text: string) => string
}

/** Each check alone may take so long; all run at once. A busy machine takes a second for each look by podman. */
const LIMIT_MS = 15_000
const SLOW_LIMIT_MS = 45_000

/** Every check, in the order in which a person would look. */
export const CHECKS: readonly Check[] = [
  ...GATEWAY_CHECKS,
  ...NETWORK_CHECKS,
  ...USER_CHECKS,
  ...MACHINE_CHECKS,
]

interface Result {
  readonly check: DoctorCheck
  readonly findings: readonly DoctorFinding[]
}

/**
 * Looks at everything. Nothing is changed by it, and no check keeps another from its answer: one that fails says why.
 * @param withSlow run the slow checks, too
 */
export async function examine(options: DoctorOptions, withSlow: boolean): Promise<DoctorReport> {
  return examineBy(options, async () => CHECKS.filter(({ isSlow }) => withSlow || !isSlow))
}

/**
 * Runs some of the checks.
 * @param choose of {@link CHECKS}, in the order in which they are told
 */
export async function examineBy(
  options: DoctorOptions,
  choose: (look: Look) => Promise<readonly Check[]>,
): Promise<DoctorReport> {
  const { host, version, redact } = options
  const look = createLook(host, version)
  // Before any look by podman or systemctl, which would wake the user's systemd.
  await look.hasManager().catch(ignoreHere)
  const patient = await look.patient().catch(ignoreHere)
  const chosen = await choose(look)
  const results = await Promise.all(chosen.map((check) => runCheck(check, look, patient ?? null)))
  const findings = withoutDoubles(results.flatMap((result) => result.findings))
  return {
    findings: byWeight(findings).map((finding) => redactFinding(finding, redact)),
    checks: results.map(({ check }) => ({
      ...check,
      said: redact(check.said),
      looked: redact(check.looked),
    })),
    at: new Date().toISOString(),
  }
}

/** What could not be read is told by each check that needs it. */
function ignoreHere(error: unknown): undefined {
  if (!(error instanceof PanelError)) throw error
  return undefined
}

async function runCheck(check: Check, look: Look, patient: Patient | null): Promise<Result> {
  const { id, title, isSlow = false } = check
  const begun = performance.now()
  const told = (outcome: DoctorCheck['outcome'], said: string): DoctorCheck => {
    const tookMs = Math.round(performance.now() - begun)
    return { id, title, outcome, looked: check.looked(patient), said, tookMs, isSlow }
  }
  try {
    const found = await within(check.run(look), isSlow ? SLOW_LIMIT_MS : LIMIT_MS)
    if (found instanceof Skip) return { check: told('skipped', found.reason), findings: [] }
    const findings = found.findings.map((draft) => ({ ...draft, check: id }))
    return { check: told(findings.length > 0 ? 'found' : 'ok', found.said), findings }
  } catch (error) {
    if (!(error instanceof PanelError)) console.error(`doctor, ${id}:`, error)
    const said = error instanceof PanelError ? (error.detail ?? error.message) : 'an error inside the panel'
    return { check: told('failed', said), findings: [] }
  }
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new HostError('COMMAND_TIMED_OUT', { detail: `no answer within ${limitMs / 1000} s` }))
  }, limitMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A slow check may find what its quick one has found. */
function withoutDoubles(findings: readonly DoctorFinding[]): DoctorFinding[] {
  const seen = new Set<string>()
  return findings.filter(({ id, evidence }) => {
    const isNew = !seen.has(`${id} ${evidence}`)
    seen.add(`${id} ${evidence}`)
    return isNew
  })
}

function redactFinding(finding: DoctorFinding, redact: (text: string) => string): DoctorFinding {
  const { title, evidence, hint, fix } = finding
  return {
    ...finding,
    title: redact(title),
    evidence: redact(evidence),
    ...(hint === undefined ? {} : { hint: redact(hint) }),
    ...(fix === undefined
      ? {}
      : {
          fix: { ...fix, ...(fix.preview === undefined ? {} : { preview: redact(fix.preview) }) },
        }),
  }
}
