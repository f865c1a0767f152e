import { SetupError } from '../errors.ts'
import type { Host, KeptImage, PanelState } from '../host/host.ts'
import { imageLabel, PREVIOUS_TAG } from './ensure-image.ts'
import { readPresentImage } from './former-image.ts'
import { requireUser } from './gateway-files.ts'
import { explainOtherImage, provenSteps, putBack, restorePreviousTag } from './image-switch.ts'
import type { OperationPlan, Step } from './runner.ts'

/**
 * Runs the image before the last update again; the present one is kept then, so that a second step goes forward. After
 * an update that was cut off, it runs what answered before that.
 */
export function rollbackImage(host: Host): OperationPlan {
  return {
    kind: 'rollback-image',
    steps: [
      chooseStep(host),
      swapStep(host),
      ...provenSteps(host, {
        wayBack: ({ imageSwitch }) => (imageSwitch?.kind === 'rollback' ? imageSwitch.from : null),
      }),
      finishStep(host),
    ],
  }
}

/** What a step back brings now; null without one. */
function targetOf({ imageSwitch, previousImage, previousNames }: PanelState): KeptImage | null {
  if (imageSwitch?.kind === 'rollback') return imageSwitch.to
  if (imageSwitch?.from) return imageSwitch.from
  return previousImage && { source: previousImage.source, id: previousImage.id, names: previousNames }
}

function chooseStep(host: Host): Step {
  return {
    id: 'choose-image',
    title: 'What there is to go back to',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const state = await host.readState()
      const to = targetOf(state)
      if (!to) throw new SetupError('NO_PREVIOUS_IMAGE')
      const short = to.id.slice(0, 12)
      const image = await host.inspectImage(user, to.id)
      if (!image) {
        const detail = `${short} (${imageLabel(to.source)}) was removed from the store of ${user.name}`
        throw new SetupError('NO_PREVIOUS_IMAGE', { detail })
      }
      context.found(`${short}, ${imageLabel(to.source)}, of ${image.createdAt.slice(0, 10)}`)
      if (state.imageSwitch) return
      const from = await readPresentImage(host, user, settings)
      await host.updateState({ imageSwitch: { kind: 'rollback', from, to } })
    },
  }
}

function swapStep(host: Host): Step {
  return {
    id: 'swap-images',
    title: 'Put it in the place of the present one',
    async run(context) {
      const { user } = await requireUser(host)
      const state = await host.readState()
      const to = targetOf(state)
      if (!to) throw new SetupError('NO_PREVIOUS_IMAGE')
      await putBack(host, user, to)
      const present = state.imageSwitch?.kind === 'rollback' ? state.imageSwitch.from : null
      if (present) await host.tagImage(user, present.id, PREVIOUS_TAG)
      else await restorePreviousTag(host, user)
      context.did(`${to.id.slice(0, 12)} is the image of the settings: ${imageLabel(to.source)}`)
    },
  }
}

function finishStep(host: Host): Step {
  return {
    id: 'finish-rollback',
    title: 'Keep the way forward',
    async run(context) {
      const state = await host.readState()
      const to = targetOf(state)
      if (!to) throw new SetupError('NO_PREVIOUS_IMAGE')
      const other = await explainOtherImage(host, to.id)
      const { imageSwitch } = state
      const from = imageSwitch?.kind === 'rollback' ? imageSwitch.from : null
      if (!from) {
        await host.updateState({ imageSwitch: null })
        context.found(other ?? 'the update that was cut off is undone')
        return
      }
      const { source, id, names } = from
      const previous = { source, id, replacedAt: new Date().toISOString() }
      await host.updateState({ previousImage: previous, previousNames: names, imageSwitch: null })
      if (other !== null) context.found(other)
      context.did(`another step brings ${id.slice(0, 12)} again`)
    },
  }
}
