/** Earlier versions of the gateway's two files, as last read, and the step back that was made here. */
import { type Signal, signal } from '@preact/signals'
import type { Problem } from '../../contract/schemas.ts'
import type { FileVersion, VersionedFile } from '../../contract/versions.ts'
import { createRemote, type Remote } from './remote.ts'

export interface StepBack {
  readonly to: FileVersion
  /** The version that the file was before; null when it is not kept. */
  readonly before: FileVersion | null
  /** The gateway that runs has not seen it; of `.env` only. */
  readonly restartRequired: boolean
}

export interface VersionsState {
  /** Newest first. */
  readonly list: Signal<Remote<readonly FileVersion[]>>
  /** The last step back that was made in this page, until the file becomes another one. */
  readonly stepBack: Signal<StepBack | null>
  readonly problem: Signal<Problem | null>
  readonly isBusy: Signal<boolean>
}

function createVersions(): VersionsState {
  return {
    list: createRemote<readonly FileVersion[]>(),
    stepBack: signal(null),
    problem: signal(null),
    isBusy: signal(false),
  }
}

export const versions: Readonly<Record<VersionedFile, VersionsState>> = {
  env: createVersions(),
  config: createVersions(),
}

/** The next session begins without the notes of this one. */
export function forgetVersions(): void {
  for (const { stepBack, problem, isBusy } of Object.values(versions)) {
    stepBack.value = null
    problem.value = null
    isBusy.value = false
  }
}
