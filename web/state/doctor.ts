import { signal } from '@preact/signals'
import type { DoctorReport } from '../../contract/doctor.ts'
import { createRemote } from './remote.ts'

/** The last report of the doctor. */
export const doctorReport = createRemote<DoctorReport>()

/** Which look goes on now; null when none does. */
export const examining = signal<'quick' | 'slow' | null>(null)
