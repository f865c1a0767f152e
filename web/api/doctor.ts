import type { DoctorReport } from '../../contract/doctor.ts'
import { doctorReport, examining } from '../state/doctor.ts'
import { api } from './client.ts'
import { saveText } from './download.ts'
import { loadInto } from './load.ts'

/** Has everything looked at. What the last look said stays until the answer is there. */
export async function examine(withSlow: boolean): Promise<void> {
  examining.value = withSlow ? 'slow' : 'quick'
  try {
    await loadInto(doctorReport, () => api('GET /api/doctor', { query: withSlow ? { slow: true } : {} }))
  } finally {
    examining.value = null
  }
}

/** What the doctor finds of the reasons that keep a gateway from starting: a quick look. @throws {ApiProblem} */
export async function examineStart(): Promise<DoctorReport> {
  return api('GET /api/doctor', { query: { about: 'start' } })
}

/** Starts the mend of a finding. @throws {ApiProblem} FINDING_NOT_MENDABLE, OPERATION_RUNNING */
export async function fixFinding(id: string): Promise<void> {
  await api('POST /api/doctor/:check/fix', { params: { check: id } })
}

/** Saves what helps somebody else to help, secrets masked, as a file of the browser. */
export async function saveBundle(): Promise<void> {
  const { filename, text } = await api('GET /api/doctor/bundle')
  saveText(text, filename)
}
