/** Errors of the gateway's own commands and of its devices. Part of the table in error-codes.ts. */
import type { ErrorCodeInfo } from './error-codes.ts'

export const DEVICE_ERRORS = {
  GATEWAY_NOT_RUNNING: {
    status: 409,
    title: 'The gateway does not run',
    hint: 'Start it: sudo razroom-panel launch',
  },
  GATEWAY_COMMAND_FAILED: {
    status: 502,
    title: 'A command of the gateway failed',
    hint: 'Its own words are below; its log may say more.',
  },
  DEVICE_NOT_FOUND: {
    status: 404,
    title: 'There is no such device',
    hint: 'List them: sudo razroom-panel devices list. A request that is not repeated ends after five minutes.',
  },
  DEVICES_UNREADABLE: {
    status: 409,
    title: 'The gateway’s list of devices can not be read',
    hint: 'Move the file away to pair anew; the gateway makes another one.',
  },
} as const satisfies Record<string, ErrorCodeInfo>
