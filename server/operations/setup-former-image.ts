/** What setup keeps of the image that it replaces. */

import type { Host } from '../host/host.ts'
import { imageReference, PREVIOUS_TAG } from './ensure-image.ts'
import { isSameImage, readFormerImage } from './former-image.ts'
import { requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'
import type { FormerSettings } from './setup-way-back.ts'

/**
 * The step that provides the image, after which the one of before is what a step back brings, as after an update: also
 * when the new one then does not answer. An image that a unit of somebody else's names is that unit's own business.
 */
export function keepingFormerImage(host: Host, former: FormerSettings, step: Step): Step {
  return {
    ...step,
    async run(context) {
      const { user, settings } = await requireUser(host)
      const before = { ...settings, ...former.settings }
      const from = await readFormerImage(host, user, before)
      const done: string[] = []
      await step.run({ ...context, did: (text) => done.push(text) })
      const present = await host.inspectImage(user, imageReference(settings.image))
      const isOther = JSON.stringify(before.image) !== JSON.stringify(settings.image)
      if (
        from &&
        present &&
        (isOther || done.length > 0) &&
        !isSameImage(from.id, present.id) &&
        JSON.stringify(from.source) === JSON.stringify(before.image) &&
        // After an update that was cut off, that one's way back is to what answered last.
        (await host.readState()).imageSwitch === null
      ) {
        await host.tagImage(user, from.id, PREVIOUS_TAG)
        const { source, id, names } = from
        const previousImage = { source, id, replacedAt: new Date().toISOString() }
        await host.updateState({ previousImage, previousNames: names })
        done.push(`a step back brings ${id.slice(0, 12)}`)
      }
      if (done.length > 0) context.did(done.join('; '))
    },
  }
}
