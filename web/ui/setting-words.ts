/** Sources, ways of running and units in words, the same everywhere. */
import type { ImageSource, Mode } from '../../contract/settings.ts'
import type { UnitFileState } from '../../contract/unit.ts'

/** Where an image comes from, in a word or two. */
export function sourceWords(source: ImageSource): string {
  switch (source.kind) {
    case 'bundled':
      return 'Bundled gateway'
    case 'repo':
      return 'Razroom checkout'
    case 'registry':
      // podman's own name for what was made on this machine (podman-build(1), --tag): nothing to pull from.
      return source.reference.startsWith('localhost/') ? 'Image of this machine' : 'Registry'
    case 'archive':
      return 'Archive'
  }
}

/** The ways of running the gateway, in words. */
export const MODE_WORDS = {
  container: 'Container',
  quadlet: 'systemd service of the user',
} as const satisfies Readonly<Record<Mode, string>>

/** What is to be known of the unit's file; null when it is as it should be. */
export function unitFileWords(state: UnitFileState): string | null {
  switch (state) {
    case 'current':
      return null
    case 'absent':
      return 'unit file missing'
    case 'outdated':
      return 'unit renewed at the next start'
    case 'edited':
      return 'unit edited by hand'
    case 'foreign':
      return 'unit made by somebody else'
  }
}
