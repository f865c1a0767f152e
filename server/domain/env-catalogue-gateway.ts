/** Variables of the gateway itself. Source: docs/facts/razroom-gateway.md. */
import { type CatalogueEntry, knownVariable } from './env-catalogue-entry.ts'

type Entry = Omit<CatalogueEntry, 'group' | 'service'>

const ENTRIES: readonly Entry[] = [
  {
    name: 'RAZROOM_GATEWAY_TOKEN',
    purpose: 'The token that opens the gateway.',
    source: 'The panel makes one, at setup and by "Rotate token".',
    isSecret: true,
    hint: 'gateway.auth.token in razroom.json outranks it.',
  },
  {
    name: 'RAZROOM_GATEWAY_PASSWORD',
    purpose: 'A password that opens the gateway instead of the token.',
    source: 'You choose it.',
    isSecret: true,
    hint: 'While it is set, and razroom.json does not say otherwise, the gateway asks for it and not for the token.',
  },
  {
    name: 'RAZROOM_DISABLE_BONJOUR',
    purpose: 'With 1 the gateway does not announce itself in the local network.',
  },
  {
    name: 'RAZROOM_SKIP_CHANNELS',
    purpose: 'With 1 the gateway starts without its channels, which helps to find a fault.',
  },
  { name: 'RAZROOM_SKIP_CRON', purpose: 'With 1 the gateway starts without its scheduled jobs.' },
  { name: 'RAZROOM_SKIP_CANVAS_HOST', purpose: 'With 1 the gateway does not serve the canvas.' },
  {
    name: 'RAZROOM_LOAD_SHELL_ENV',
    purpose: 'With 1 the gateway also reads the variables of a login shell.',
  },
  ...[
    ['RAZROOM_GATEWAY_PORT', 'The port the gateway listens on.'],
    ['RAZROOM_STATE_DIR', 'The directory the gateway keeps its state in.'],
    ['RAZROOM_CONFIG_PATH', 'The path of razroom.json.'],
    ['RAZROOM_HOME', 'The home directory the gateway looks for its files in.'],
    ['RAZROOM_PROFILE', 'A profile with files of its own.'],
    ['RAZROOM_NO_RESPAWN', 'With 1 the gateway restarts inside its process.'],
  ].map(([name = '', purpose = '']) => ({ name, purpose, isPanelOwned: true })),
]

export const GATEWAY_VARIABLES = ENTRIES.map((entry) =>
  knownVariable({ group: 'gateway', service: 'Gateway', ...entry }),
)
