/** Endpoints of the doctor. */
import Type from 'typebox'
import { DoctorName, DoctorReport, SupportBundle } from './doctor.ts'
import type { Endpoint } from './endpoint.ts'
import { OperationStarted } from './schemas.ts'

const strict = { additionalProperties: false } as const

export const DOCTOR_ENDPOINTS = {
  'GET /api/doctor': {
    access: 'session',
    summary: 'Looks at everything the gateway needs, and says what is wrong and what mends it',
    query: Type.Object(
      {
        slow: Type.Optional(Type.Boolean({ description: 'run the slow checks, too' })),
        about: Type.Optional(
          Type.Literal('start', {
            description: 'run only the quick checks that can tell why the last start failed',
          }),
        ),
      },
      strict,
    ),
    response: DoctorReport,
  },
  'GET /api/doctor/bundle': {
    access: 'session',
    summary: 'Report, status, settings, unit and the end of the log as one text, secrets masked',
    response: SupportBundle,
  },
  'POST /api/doctor/:check/fix': {
    access: 'session',
    summary: 'Mends a finding, by its id or by that of its check',
    params: Type.Object({ check: DoctorName }, strict),
    response: OperationStarted,
    status: 202,
  },
} as const satisfies Record<string, Endpoint>
