import { CONNECTION_ERRORS } from './connection-errors.ts'
import { DEVICE_ERRORS } from './device-errors.ts'
import { MACHINE_ERRORS } from './machine-errors.ts'

/**
 * Every error the panel reports: code -> HTTP status, title, and the hint that mends it. The one table:
 * server, CLI and page read it; docs/errors.md explains each; a test keeps them in step.
 */
export interface ErrorCodeInfo {
  readonly status: number
  readonly title: string
  readonly hint: string
}

export const ERROR_CODES = {
  REQUEST_INVALID: {
    status: 400,
    title: 'The request is not valid',
    hint: 'Correct the fields named in the answer.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'Only application/json is understood here',
    hint: 'Send the body with Content-Type: application/json.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The request is too large',
    hint: 'Send less than the limit named in the answer.',
  },
  HEAD_TOO_LARGE: {
    status: 431,
    title: 'The head of the request is too large',
    hint: 'Remove the cookies for 127.0.0.1 and localhost: those of all programs there are sent to each.',
  },
  NOT_FOUND: { status: 404, title: 'There is nothing here', hint: 'Check the address.' },
  AUTH_REQUIRED: { status: 401, title: 'You are not logged in', hint: 'Run: sudo razroom-panel login' },
  LOGIN_CODE_INVALID: {
    status: 401,
    title: 'This login code is wrong, used or too old',
    hint: 'Run again: sudo razroom-panel login',
  },
  TICKET_INVALID: {
    status: 401,
    title: 'The ticket for this socket is wrong, used or too old',
    hint: 'Reload the page.',
  },
  STEP_UP_REQUIRED: {
    status: 403,
    title: 'Confirm that it is you',
    hint: 'Type the confirmation in the page, or log in again.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    title: 'The request came from another site',
    hint: 'Open the panel itself, at the address that razroom-panel login prints.',
  },
  CSRF_TOKEN_INVALID: {
    status: 403,
    title: 'The request lacks the secret of this session',
    hint: 'Reload the page.',
  },
  SHELL_ONLY: {
    status: 403,
    title: 'Only root on the shell may change this',
    hint: 'Run: sudo razroom-panel access add UID',
  },
  PEER_REFUSED: {
    status: 403,
    title: 'Your user may not use the panel',
    hint: 'An administrator can allow it: sudo razroom-panel access add UID',
  },
  HOST_REFUSED: {
    status: 421,
    title: 'The panel does not answer to this host name',
    hint: 'Use http://127.0.0.1 and the port that razroom-panel login prints. For a tunnel with another port on your side: sudo razroom-panel access host add 127.0.0.1:PORT',
  },
  RATE_LIMITED: { status: 429, title: 'Too many tries', hint: 'Wait a minute, then try again.' },
  QUOTA_REACHED: {
    status: 507,
    title: 'The panel keeps no more of these',
    hint: 'The detail says what, and where it lies: remove there, as root, what nobody needs.',
  },
  SERVER_BUSY: { status: 503, title: 'Too many open connections', hint: 'Close other tabs of the panel.' },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong inside the panel',
    hint: 'Look for the request id in the log of razroom-panel, and report it.',
  },
  NOT_ROOT: { status: 403, title: 'This needs root', hint: 'Run it as root, for example by sudo.' },
  USAGE: { status: 400, title: 'The command line is not understood', hint: 'Run: razroom-panel help' },

  OPERATION_RUNNING: {
    status: 409,
    title: 'Another operation is running',
    hint: 'Wait until it has finished, or cancel it.',
  },
  LOG_PATTERN_INVALID: {
    status: 400,
    title: 'This is no regular expression',
    hint: 'Mend it, or search for the text as it is.',
  },
  LOG_LINE_NOT_FOUND: {
    status: 404,
    title: 'This line of the log is not kept any more',
    hint: 'Older lines go when the log reaches its size; the newest ones are on the Logs page.',
  },
  OPERATION_NOT_FOUND: {
    status: 404,
    title: 'There is no such operation',
    hint: 'List them: GET /api/operations',
  },
  OPERATION_LOST: {
    status: 503,
    title: 'The panel was restarted while it was at work',
    hint: 'What was done stays done. Run the same command again: it goes on from there.',
  },
  PANEL_RESTARTING: {
    status: 503,
    title: 'The panel is being started again',
    hint: 'Try again in a few seconds.',
  },
  OPERATION_CANCELLED: {
    status: 409,
    title: 'The operation was cancelled',
    hint: 'Start it again when you are ready: what was done stays done, and a second run picks up from there.',
  },
  OPERATION_FINISHED: {
    status: 409,
    title: 'The operation has already finished',
    hint: 'Nothing is left to cancel.',
  },

  PRECONDITION_REQUIRED: {
    status: 428,
    title: 'Say which version you changed',
    hint: 'Send the ETag you read as If-Match.',
  },
  ENV_CHANGED: {
    status: 412,
    title: 'The file was changed meanwhile',
    hint: 'Load it again, look at the difference, then save.',
  },
  ENV_NOT_UTF8: {
    status: 409,
    title: 'The file is not UTF-8 text',
    hint: 'Edit single lines: they keep the other bytes as they are.',
  },
  ENV_INVALID: {
    status: 400,
    title: 'The gateway would not start with this file',
    hint: 'Correct the lines named in the answer.',
  },
  ENV_VARIABLE_REFUSED: {
    status: 400,
    title: 'This variable may not be set here',
    hint: 'The answer says why and where its setting belongs.',
  },
  ENV_KEY_NOT_FOUND: {
    status: 404,
    title: 'The variable is not set',
    hint: 'List them: razroom-panel env list',
  },
  ENV_FINDING_GONE: {
    status: 409,
    title: 'There is nothing of the kind to mend',
    hint: 'Load the file again: it was changed, or mended, meanwhile.',
  },
  FINDING_UNKNOWN: {
    status: 404,
    title: 'The doctor has no check and no finding of this name',
    hint: 'See the names: sudo razroom-panel doctor',
  },
  FINDING_NOT_MENDABLE: {
    status: 409,
    title: 'The panel cannot mend this by itself',
    hint: 'Do what the finding says: sudo razroom-panel doctor',
  },
  FINDING_REMAINS: {
    status: 502,
    title: 'It is still there',
    hint: 'Look at what each step did, and at the finding: sudo razroom-panel doctor',
  },
  CONFIG_CHANGED: {
    status: 412,
    title: 'razroom.json was changed meanwhile',
    hint: 'Load it again, look at the difference, then save.',
  },
  CONFIG_WOULD_NOT_START: {
    status: 400,
    title: 'The gateway would not start with this razroom.json',
    hint: 'Correct the lines named in the answer, or save it anyway.',
  },
  VERSION_NOT_FOUND: {
    status: 404,
    title: 'This version is not kept any more',
    hint: 'Load the list of versions again.',
  },
  TOKEN_REFUSED: {
    status: 400,
    title: 'This token can not be used',
    hint: 'Take 24 to 512 letters, digits and . _ ~ + / = -, of at least 8 different ones.',
  },
  TOKEN_NOT_USED: {
    status: 409,
    title: 'The gateway asks for no token',
    hint: 'razroom.json or .env sets a password: remove it, or set gateway.auth.mode to "token".',
  },
  TOKEN_NOT_WRITABLE: {
    status: 409,
    title: 'The panel can not replace the token in razroom.json',
    hint: 'Make gateway.auth.token a plain text, or a reference to one variable, then try again.',
  },
  TOKEN_SOURCES_AGREE: {
    status: 409,
    title: 'Both files hold the same token already',
    hint: 'There is nothing to do.',
  },
  FILE_REFUSED: {
    status: 409,
    title: 'This is not a plain file',
    hint: 'Put a regular file, or a directory, in its place.',
  },
  FILE_EXISTS: {
    status: 409,
    title: 'There is a file of this name already',
    hint: 'Name another one, or move it away.',
  },
  FILE_TOO_LARGE: {
    status: 409,
    title: 'The file is too large',
    hint: 'Keep it below the limit named in the answer.',
  },
  FILE_DENIED: {
    status: 409,
    title: 'The user of the gateway may not read or write this',
    hint: 'The doctor says why, and what mends it: sudo razroom-panel doctor',
  },

  ...MACHINE_ERRORS,
  ...DEVICE_ERRORS,
  ...CONNECTION_ERRORS,
} as const satisfies Record<string, ErrorCodeInfo>

export type ErrorCode = keyof typeof ERROR_CODES
