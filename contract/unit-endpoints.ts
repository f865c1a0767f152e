/** Endpoints of the systemd unit, the mode, and the exports. */
import Type from 'typebox'
import type { Endpoint } from './endpoint.ts'
import { OperationStarted } from './schemas.ts'
import { ModeRequest } from './settings.ts'
import { ExportDocument, ExportFormat, UnitView } from './unit.ts'

const strict = { additionalProperties: false } as const
const accepted = { response: OperationStarted, status: 202 } as const
const exportFormat = Type.Object({ format: ExportFormat }, strict)

export const UNIT_ENDPOINTS = {
  'GET /api/unit': {
    access: 'session',
    summary: 'The systemd unit: the file as it is, and as the panel would write it',
    response: UnitView,
  },
  'POST /api/unit/replace': {
    access: 'session',
    summary: 'Replace a unit that was edited or made by somebody else; the old file is kept beside it',
    ...accepted,
  },
  'POST /api/mode': {
    access: 'session',
    summary: 'Switch between container and systemd service, or the start at boot',
    body: ModeRequest,
    ...accepted,
  },

  'GET /api/export/:format': {
    access: 'session',
    summary: 'The gateway in another format, with placeholders for secrets',
    params: exportFormat,
    response: ExportDocument,
  },
  'POST /api/export/:format/reveal': {
    access: 'step-up',
    summary: 'The gateway in another format, secrets included',
    params: exportFormat,
    response: ExportDocument,
    secret: true,
  },
} as const satisfies Record<string, Endpoint>
