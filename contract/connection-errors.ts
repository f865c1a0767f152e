/** Errors of connecting a provider, a model or channels. Part of the table in error-codes.ts. */
import type { ErrorCodeInfo } from './error-codes.ts'

export const CONNECTION_ERRORS = {
  CONNECTION_UNKNOWN: {
    status: 404,
    title: 'No provider or channel of this name is known here',
    hint: 'See the names: sudo razroom-panel connect --list',
  },
  CONNECTION_INVALID: {
    status: 400,
    title: 'This can not be connected so',
    hint: 'Correct or add what the answer names; nothing was changed.',
  },
  CONNECTION_NOT_SEEN: {
    status: 502,
    title: 'The gateway does not see the key',
    hint: 'Look at what the gateway itself says: Terminal, "Models".',
  },
} as const satisfies Record<string, ErrorCodeInfo>
