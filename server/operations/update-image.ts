import type { UpdateRequest } from '../../contract/images.ts'
import { SetupError } from '../errors.ts'
import type { Host, KeptImage } from '../host/host.ts'
import { backupStep } from './backup.ts'
import { bringImage, checkImageSource, imageLabel, PREVIOUS_TAG } from './ensure-image.ts'
import { isSameImage, readFormerImage } from './former-image.ts'
import { checkPorts } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import { explainOtherImage, provenSteps, putBack, restorePreviousTag } from './image-switch.ts'
import type { OperationPlan, Step } from './runner.ts'
import { orTakeBack } from './take-back.ts'

/**
 * Brings a new image and runs it; the old one stays for a step back, and comes back by itself when the new one does not
 * answer. A gateway that was stopped is started for that and runs afterwards.
 */
export function updateImage(host: Host, request: UpdateRequest): OperationPlan {
  return {
    kind: 'update-image',
    steps: [
      checkStep(host, request),
      orForget(host, keepStep(host)),
      orForget(host, bringStep(host, request)),
      orForget(host, backupStep(host, 'update')),
      orForget(host, useStep(host)),
      ...provenSteps(host, {
        withinSeconds: request.healthyWithinSeconds,
        wayBack: ({ imageSwitch }) => imageSwitch?.from ?? null,
      }),
      finishStep(host),
    ],
  }
}

function checkStep(host: Host, { image }: UpdateRequest): Step {
  return {
    id: 'check-update',
    title: 'Look before anything is changed',
    async run(context) {
      const { user, settings } = await requireUser(host)
      await checkImageSource(host, image ?? settings.image)
      const container = await host.inspectContainer(user, settings.containerName)
      const ports = await checkPorts(host, settings, container)
      const state = container?.running ? 'running' : 'not running: it is started, and runs afterwards'
      context.found(`the gateway is ${state}; ports: ${ports}`)
    },
  }
}

/** An update that was killed has kept an image already: one that answered, which this one's may not have. */
function keepStep(host: Host): Step {
  return {
    id: 'keep-image',
    title: 'Keep the present image',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const { imageSwitch } = await host.readState()
      const from = imageSwitch ? imageSwitch.from : await readFormerImage(host, user, settings)
      await host.updateState({ imageSwitch: { kind: 'update', from, to: null } })
      if (!from) {
        context.found('there is no image yet, so nothing to go back to')
        return
      }
      const short = from.id.slice(0, 12)
      context.command(host.describePodman(user, ['tag', short, PREVIOUS_TAG]))
      const kept = await host.inspectImage(user, PREVIOUS_TAG)
      context.found(
        `${short} is the image that answered last${imageSwitch ? ', before an update that was cut off' : ''}`,
      )
      if (kept?.id === from.id) return
      await host.tagImage(user, from.id, PREVIOUS_TAG)
      context.did(`${short} has the name ${PREVIOUS_TAG} too`)
    },
  }
}

function bringStep(host: Host, request: UpdateRequest): Step {
  return {
    id: 'bring-image',
    title: 'Bring the new image',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const source = request.image ?? settings.image
      const brought = await bringImage({ host, user, context, again: true }, source)
      const from = (await host.readState()).imageSwitch?.from ?? null
      const to = { source, id: brought.id, names: [] }
      await host.updateState({ imageSwitch: { kind: 'update', from, to } })
    },
  }
}

/** Only now, so that the backup has the settings of before. */
function useStep(host: Host): Step {
  return {
    id: 'use-image',
    title: 'Put the new image in place',
    async run(context) {
      const { imageSwitch } = await host.readState()
      const source = imageSwitch?.to?.source
      if (source === undefined)
        throw new SetupError('IMAGE_MISSING', { detail: 'the update brought no image' })
      await host.updateState({ settings: { image: source } })
      context.found(imageLabel(source))
    },
  }
}

/** The backup is made once there is something to update to: what fails before that leaves none. */
function orForget(host: Host, step: Step): Step {
  return orTakeBack(step, () => forget(host))
}

/** Without a new image the old one has its names again, and there was no update. */
async function forget(host: Host): Promise<void> {
  const { user } = await requireUser(host)
  const { imageSwitch } = await host.readState()
  if (imageSwitch?.from) await putBack(host, user, imageSwitch.from)
  await restorePreviousTag(host, user)
  await host.updateState({ imageSwitch: null })
}

function finishStep(host: Host): Step {
  return {
    id: 'finish-update',
    title: 'Keep the way back',
    async run(context) {
      const { user } = await requireUser(host)
      const { imageSwitch, previousImage } = await host.readState()
      const from: KeptImage | null = imageSwitch?.from ?? null
      const meantId = imageSwitch?.to?.id
      if (meantId === undefined)
        throw new SetupError('IMAGE_MISSING', { detail: 'the update brought no image' })
      const other = await explainOtherImage(host, meantId)
      if (other !== null) {
        await restorePreviousTag(host, user)
        await host.updateState({ imageSwitch: null })
        context.found(`the new image is here, but ${other}`)
        return
      }
      if (!from || isSameImage(from.id, meantId)) {
        // The same image again: what was kept before it is still the way back.
        await restorePreviousTag(host, user)
        await host.updateState({ imageSwitch: null })
        const same = `nothing changed about the image: ${meantId.slice(0, 12)} is the one that ran before`
        context.found(from ? same : 'there was no image before')
        return
      }
      const { source, id, names } = from
      const previous = { source, id, replacedAt: new Date().toISOString() }
      await host.updateState({ previousImage: previous, previousNames: names, imageSwitch: null })
      context.found(
        previousImage ? `${previousImage.id.slice(0, 12)} was the way back so far` : 'the first update',
      )
      context.did(`a step back brings ${id.slice(0, 12)}`)
    },
  }
}
