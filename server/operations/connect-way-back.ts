/** Both files or none: what becomes of what was written when connecting ends before its end. */
import type { VersionedFile } from '../../contract/versions.ts'
import { addDetail, PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { calmContext } from './calm-context.ts'
import { authorOf, saveVersioned } from './file-versions.ts'
import { ABSENT_ETAG, requireUser } from './gateway-files.ts'
import type { Step, StepContext } from './runner.ts'
import { bringUpSteps } from './start-gateway.ts'
import { orTakeBack } from './take-back.ts'

/** The steps that do not touch the gateway. */
const SAVING = new Set(['save-env', 'save-config'])

export interface WrittenFile {
  readonly file: VersionedFile
  readonly path: string
  /** ETags. */
  readonly before: string
  readonly after: string
}

export interface ConnectionState {
  /** In the order in which they were written. */
  readonly written: WrittenFile[]
  wasRunning: boolean
  /** All that was to be written is. */
  isComplete: boolean
}

/**
 * The step, and when it fails behind a write: the files are put back from their kept versions, a gateway that ran is
 * started as it was, and the error says so. A step that is cancelled, or a gateway that only takes long, is no reason for
 * that once both files are written.
 */
export function keptOrTakenBack(host: Host, state: ConnectionState, step: Step): Step {
  return orTakeBack(step, async (context, error) => {
    if (state.written.length === 0) return
    const outcome = await decide(host, state, step, context, error)
    // The problem of a cancelled operation has no detail: what the step found says it, too.
    context.found(outcome)
    throw addDetail(error, outcome)
  })
}

async function decide(
  host: Host,
  state: ConnectionState,
  step: Step,
  context: StepContext,
  error: unknown,
): Promise<string> {
  const isSlow = error instanceof PanelError && error.code === 'GATEWAY_NOT_READY'
  if (state.isComplete && (context.signal.aborted || isSlow)) {
    const kept = 'what was written stays; the files before are among the versions'
    if (isSlow || SAVING.has(step.id) || !state.wasRunning) return kept
    return `${kept}; ${await startAgain(host, context)}`
  }
  const outcomes: string[] = []
  for (const file of state.written.toReversed()) outcomes.push(await putBack(host, file, context))
  if (!SAVING.has(step.id) && state.wasRunning) outcomes.push(await startAgain(host, context))
  return outcomes.join('; ')
}

/** @returns in words what came of it; never throws, since the first error is the one to tell */
async function putBack(host: Host, written: WrittenFile, context: StepContext): Promise<string> {
  const { file, path, before, after } = written
  if (before === ABSENT_ETAG) return `${path} was not there before, and stays`
  try {
    const { user } = await requireUser(host)
    const version = (await host.listVersions(path)).find(({ etag }) => etag === before)
    const bytes = version ? await host.readVersion(path, version.id) : null
    if (!bytes) return `${path} could not be put back: the version before is not kept`
    const save = { file, path, bytes, mode: 0o600, expectedEtag: after, ...authorOf(context) }
    await saveVersioned(host, user, save)
    return `${path} is put back as it was`
  } catch (error) {
    if (!(error instanceof PanelError)) console.error(`connect-services: ${path}:`, error)
    const why = error instanceof PanelError ? error.message : 'see the log of the panel'
    return `${path} could not be put back (${why})`
  }
}

/** As above; it goes to its end also when the operation is cancelled meanwhile. */
async function startAgain(host: Host, context: StepContext): Promise<string> {
  const isCancelled = context.signal.aborted
  const calm = calmContext(context)
  try {
    for (const step of bringUpSteps(host, { force: !isCancelled })) {
      // Who cancels, or ends the panel, does not want to wait for an answer.
      if (!isCancelled || step.id !== 'wait-until-healthy') await step.run(calm)
    }
    if (isCancelled) return 'the gateway was started again'
    return 'the gateway runs again as before'
  } catch (error) {
    if (!(error instanceof PanelError))
      console.error('connect-services: the gateway was not started again:', error)
    return 'the gateway was not seen to run again: sudo razroom-panel status tells why'
  }
}
