import type { ImageSource } from '../../contract/settings.ts'
import { InputError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'

/** The tag under which the image of a source lies in the user's store. */
export function imageReference(source: ImageSource): string {
  switch (source.kind) {
    case 'bundled':
      return 'localhost/razroom-bundled:local'
    case 'repo':
      return 'localhost/razroom:local'
    case 'archive':
      return 'localhost/razroom:archive'
    case 'registry':
      return source.reference
  }
}

/** What people call the image of this source. */
export function imageLabel(source: ImageSource): string {
  switch (source.kind) {
    case 'bundled':
      return 'bundled gateway'
    case 'repo':
      return `built from ${source.path}`
    case 'archive':
      return `loaded from ${source.path}`
    case 'registry':
      return source.reference
  }
}

/** Label on an image the panel built: what it was built from. */
export const SOURCE_LABEL = 'io.razroom.panel.source'

/** Builds the image of the settings for the gateway's user, unless the one that is there came from the same input. */
export function imageStep(host: Host): Step {
  return {
    id: 'ensure-image',
    title: 'Build the image',
    async run(context) {
      const { user } = await requireUser(host)
      const { settings } = await host.readState()
      const source: ImageSource = settings?.image ?? { kind: 'bundled' }
      const tag = imageReference(source)
      if (source.kind !== 'bundled' && source.kind !== 'repo')
        throw new InputError('REQUEST_INVALID', { detail: source.kind })
      const [fingerprint, present] = await Promise.all([
        host.fingerprintSource(source),
        host.inspectImage(user, tag),
      ])
      const directory = source.kind === 'repo' ? source.path : 'the bundled gateway'
      context.command(
        host.describePodman(user, ['build', '--tag', tag, source.kind === 'repo' ? source.path : '.']),
      )
      if (present?.labels[SOURCE_LABEL] === fingerprint) {
        context.found(`${tag} is there, built from the same files of ${directory}`)
        return
      }
      context.found(present ? `${tag} was built from other files` : `${tag} is not there`)
      const image = await host.buildImage(user, { source, tag }, context.watch)
      context.did(
        `built ${tag} (${image.id.replace('sha256:', '').slice(0, 12)}, ${Math.round(image.sizeBytes / 1_000_000)} MB)`,
      )
    },
  }
}
