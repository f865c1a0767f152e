/** One image takes the place of another: the way there, and the way back by itself when it does not answer. */
import { sanitizeLogText } from '../domain/log-line.ts'
import { HostError, PanelError } from '../errors.ts'
import type { Host, KeptImage, UserAccount } from '../host/host.ts'
import { calmContext } from './calm-context.ts'
import { imageReference, PREVIOUS_TAG } from './ensure-image.ts'
import { isSameImage } from './former-image.ts'
import { readWanted } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import type { Step, StepContext } from './runner.ts'
import { bringUpSteps } from './start-gateway.ts'
import { orTakeBack } from './take-back.ts'
import { listDropIns } from './unit-file.ts'

const LAST_LINES = 60
const SHOWN_LINES = 6
/** podman notes the start when the program runs already, and may have written something. */
const START_SLACK_MS = 500
const MAX_UNIT_BYTES = 1_048_576
/** What names the image in a unit of Quadlet and in a plain one (podman-systemd.unit(5), systemd.service(5)). */
const NAMES_IMAGE = /^\s*(Image|ExecStart)\s*=/m
const SGR = /\u001b\[[0-9;]*m/g

/** Makes this the image of the settings: it gets back the names that another may have taken. */
export async function putBack(host: Host, user: UserAccount, image: KeptImage): Promise<void> {
  for (const name of image.names) await host.tagImage(user, image.id, name)
  const reference = imageReference(image.source)
  const present = await host.inspectImage(user, reference)
  // A digest is no name: it is the image itself, or the image is not there.
  if (present?.id !== image.id && !reference.includes('@')) await host.tagImage(user, image.id, reference)
  await host.updateState({ settings: { image: image.source } })
}

/** Names the image of the last update again, after another was kept under that name meanwhile. */
export async function restorePreviousTag(host: Host, user: UserAccount): Promise<void> {
  const { previousImage } = await host.readState()
  if (!previousImage || !(await host.inspectImage(user, previousImage.id))) return
  await host.tagImage(user, previousImage.id, PREVIOUS_TAG)
}

/**
 * The steps that start the gateway with the image of the settings and wait until it answers. When it does not, or when
 * they are cancelled, the image that answered last runs again, and the operation has failed: UPDATE_ROLLED_BACK.
 * @param wayBack false: there is nothing behind this image; then ROLLBACK_FAILED
 */
export function provenSteps(
  host: Host,
  options: { withinSeconds?: number | undefined; wayBack: (state: SwitchState) => KeptImage | null },
): Step[] {
  const { withinSeconds, wayBack } = options
  let since: Date | null = null
  return startSteps(host, withinSeconds).map((step) => {
    const isStart = step.id === 'start-container'
    let begun = new Date()
    const timed: Step = {
      ...step,
      async run(context) {
        begun = new Date()
        await step.run(context)
        if (isStart) since = (await readStartTime(host)) ?? begun
      },
    }
    return orTakeBack(timed, async (context, error) => {
      if (isStart && since === null) since = await sinceFailedStart(host, begun)
      await goBack(host, context, { error, since, wayBack })
    })
  })
}

/** From when on the log is that of the container that is there; null without one. */
async function readStartTime(host: Host): Promise<Date | null> {
  const { user, settings } = await requireUser(host)
  const container = await host.inspectContainer(user, settings.containerName)
  return container && new Date(Date.parse(container.startedAt) - START_SLACK_MS)
}

/** null when the container that is there is still the old one, or was never started: then the new one wrote nothing. */
async function sinceFailedStart(host: Host, begun: Date): Promise<Date | null> {
  const startedAt = await readStartTime(host)
  // A unit removes its container as soon as that ends.
  if (!startedAt) return begun
  return startedAt.getTime() + START_SLACK_MS >= begun.getTime() ? startedAt : null
}

/**
 * Holds the container that answers against the image that it was to be made from: a name may have been moved meanwhile.
 * @param meantId the image that was put in place
 * @returns null when it runs that one; else, in words, why it does not: its unit was edited by hand and names its own
 * @throws HostError IMAGE_MISSING when there is no such reason; the way back stays as it is
 */
export async function explainOtherImage(host: Host, meantId: string): Promise<string | null> {
  const { user, settings } = await requireUser(host)
  const container = await host.inspectContainer(user, settings.containerName)
  if (container && isSameImage(container.imageId, meantId)) return null
  const runs = container
    ? `the gateway runs ${shortId(container.imageId)}`
    : `there is no container ${settings.containerName}`
  if (container && settings.mode === 'quadlet') {
    const { unit } = await readWanted(host)
    const isByHand = unit.state === 'edited' || unit.state === 'foreign'
    if (isByHand) return `${runs}: its unit was edited by hand, and names its image itself`
    for (const path of await listDropIns(host, user, unit)) {
      const file = await host.readUserFile(user, path, MAX_UNIT_BYTES)
      if (file && NAMES_IMAGE.test(new TextDecoder().decode(file.bytes)))
        return `${runs}: ${path} has its unit name an image itself`
    }
  }
  throw new HostError('IMAGE_MISSING', {
    detail: `${runs}, not ${shortId(meantId)}, which was put in place: ${imageReference(settings.image)} was given to another image meanwhile. The way back is kept: razroom-panel rollback`,
  })
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}

function startSteps(host: Host, withinSeconds?: number): readonly Step[] {
  const within = withinSeconds === undefined ? {} : { withinSeconds }
  return bringUpSteps(host, { force: false, ...within })
}

type SwitchState = Awaited<ReturnType<Host['readState']>>

interface Failure {
  readonly error: unknown
  /** When the new container was started; null: it was not. */
  readonly since: Date | null
  readonly wayBack: (state: SwitchState) => KeptImage | null
}

/** Always throws: the operation has failed, however well the way back went. */
async function goBack(host: Host, context: StepContext, { error, since, wayBack }: Failure): Promise<never> {
  const target = wayBack(await host.readState())
  const isCancelled = context.signal.aborted
  const why = `${wordsOf(error)}${isCancelled ? '' : await lastWords(host, since)}`
  if (!target) {
    if (isCancelled) throw error
    throw new HostError('ROLLBACK_FAILED', { detail: why, cause: error })
  }
  const { user } = await requireUser(host)
  const calm = calmContext(context)
  try {
    await putBack(host, user, target)
    await restorePreviousTag(host, user)
    for (const step of startSteps(host)) {
      // Who cancels, or ends the panel, does not want to wait for an answer.
      if (!isCancelled || step.id !== 'wait-until-healthy') await step.run(calm)
    }
  } catch (second) {
    const detail = `${why}\nThe old image: ${wordsOf(second)}`
    throw new HostError('ROLLBACK_FAILED', { detail, cause: second })
  }
  await host.updateState({ imageSwitch: null, answeredImage: target.id })
  context.did(`put ${target.id.slice(0, 12)} back, which ran before${isCancelled ? '' : ', and it answers'}`)
  if (isCancelled) throw error
  throw new HostError('UPDATE_ROLLED_BACK', { detail: why, cause: error })
}

function wordsOf(error: unknown): string {
  if (error instanceof PanelError) return error.message.replace(/[^.!?]$/, '$&.')
  return 'It did not start.'
}

/** What the gateway wrote last since then. */
async function lastWords(host: Host, since: Date | null): Promise<string> {
  if (!since) return ''
  const { user, paths } = await requireUser(host)
  const { lines } = await host.readLogBefore(user, paths.logFile, null, LAST_LINES)
  const said = lines
    .filter(({ time }) => Date.parse(time) >= since.getTime())
    .map(({ text }) => sanitizeLogText(text).replaceAll(SGR, '').trim())
    .filter((text) => text !== '')
  return said.length === 0 ? '' : ` Its last lines:\n${said.slice(-SHOWN_LINES).join('\n')}`
}
