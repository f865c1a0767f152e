/** Endpoints of the doctor. */
import Type from 'typebox'
import { DoctorName, DoctorReport } from './doctor.ts'
import type { Endpoint } from './endpoint.ts'
import { OperationStarted } from './schemas.ts'

const strict = { additionalProperties: false } as const

export const DOCTOR_ENDPOINTS = {
  'GET /api/doctor': {
    access: 'session',
    summary: 'Looks at everything the gateway needs, and says what is wrong and what mends it',
    query: Type.Object(
      { slow: Type.Optional(Type.Boolean({ description: 'run the slow checks, too' })) },
      strict,
    ),
    response: DoctorReport,
  },
  'POST /api/doctor/:check/fix': {
    access: 'session',
    summary: 'Mends a finding, by its id or by that of its check',
    params: Type.Object({ check: DoctorName }, strict),
    response: OperationStarted,
    status: 202,
  },
} as const satisfies Record<string, Endpoint>
