/** What the doctor looked at, what it found, and what mends it. */
import Type, { type Static } from 'typebox'
import { Finding } from './schemas.ts'

/** Names of checks and findings: lower case words, a dot between a finding's topic and what is wrong. */
export const DoctorName = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,63}$' })

/** A finding of the doctor. `fix` is there when `POST /api/doctor/:check/fix` mends it, under the id of the finding. */
export const DoctorFinding = Type.Object({
  ...Finding.properties,
  check: Type.String({ description: 'the check that found it' }),
  meaning: Type.String({ description: 'what it does to the gateway' }),
  certainty: Type.Enum(['certain', 'likely'], {
    description: 'certain: it was seen; likely: it follows from what was seen',
  }),
  page: Type.Optional(
    Type.String({ description: 'where the panel shows more of it, for example /environment' }),
  ),
})
export type DoctorFinding = Static<typeof DoctorFinding>

/** `skipped`: it does not apply here; `failed`: it could not look, and says why. */
export const CheckOutcome = Type.Enum(['ok', 'found', 'skipped', 'failed'])
export type CheckOutcome = Static<typeof CheckOutcome>

export const DoctorCheck = Type.Object({
  id: Type.String(),
  title: Type.String(),
  outcome: CheckOutcome,
  looked: Type.String({ description: 'the command or the path that shows the same to a person' }),
  said: Type.String({ description: 'what was seen there, in short, secrets masked' }),
  tookMs: Type.Integer(),
  isSlow: Type.Boolean({ description: 'it runs only when it is asked for' }),
})
export type DoctorCheck = Static<typeof DoctorCheck>

export const DoctorReport = Type.Object({
  findings: Type.Array(DoctorFinding, { description: 'the worst first' }),
  checks: Type.Array(DoctorCheck),
  at: Type.String({ description: 'ISO time of the look' }),
})
export type DoctorReport = Static<typeof DoctorReport>

/** What helps somebody else to help: everything about the gateway but its secrets. */
export const SupportBundle = Type.Object({
  filename: Type.String(),
  text: Type.String({ description: 'sections, each with a title; secrets masked' }),
})
export type SupportBundle = Static<typeof SupportBundle>
