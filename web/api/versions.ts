/** Versions of the gateway's two files: their list, their differences, and going back to one. */
import { batch } from '@preact/signals'
import type { EnvSaved } from '../../contract/env.ts'
import type { Problem } from '../../contract/schemas.ts'
import type {
  DifferenceAgainst,
  DifferenceLine,
  FileVersion,
  GoBack,
  VersionedFile,
} from '../../contract/versions.ts'
import { knownValue } from '../state/remote.ts'
import { versions } from '../state/versions.ts'
import { api } from './client.ts'
import { loadConfig } from './config.ts'
import { loadEnv } from './env.ts'
import { startGateway } from './gateway.ts'
import { loadInto } from './load.ts'
import { toProblem } from './problem.ts'

/** Reads the versions of a file, newest first. A failure becomes part of the state. */
export async function loadVersions(file: VersionedFile): Promise<void> {
  await loadInto(versions[file].list, () =>
    file === 'env' ? api('GET /api/env/versions') : api('GET /api/config/versions'),
  )
}

/**
 * What a version changed, or what going back to it would; secrets masked.
 * @returns the lines, or the problem: whoever shows the one shows the other in its place
 */
export async function readDifference(
  file: VersionedFile,
  id: string,
  against: DifferenceAgainst,
): Promise<{ readonly lines: readonly DifferenceLine[] } | { readonly problem: Problem }> {
  const options = { params: { id }, query: { against } }
  try {
    const { difference } =
      file === 'env'
        ? await api('GET /api/env/versions/:id', options)
        : await api('GET /api/config/versions/:id', options)
    return { lines: difference }
  } catch (error) {
    return { problem: toProblem(error) }
  }
}

/**
 * Makes a file what it was in a version. What it is now becomes a version.
 * @param etag of the file as it is now
 * @throws {ApiProblem} ENV_CHANGED or CONFIG_CHANGED when it is another by now, VERSION_NOT_FOUND
 */
export async function restoreVersion(
  file: VersionedFile,
  id: string,
  etag: string,
): Promise<Pick<EnvSaved, 'etag' | 'changed' | 'restartRequired'>> {
  const options = { params: { id }, ifMatch: etag }
  if (file === 'env') return api('POST /api/env/versions/:id/restore', options)
  return { ...(await api('POST /api/config/versions/:id/restore', options)), restartRequired: false }
}

/**
 * Goes back to a version and remembers the way back from it. A failure becomes part of the state.
 * @param etag of the file as it is now
 * @returns whether the file is now that version
 */
export async function goBack(file: VersionedFile, version: FileVersion, etag: string): Promise<boolean> {
  const state = versions[file]
  if (state.isBusy.value) return false
  batch(() => {
    state.isBusy.value = true
    state.problem.value = null
  })
  try {
    const { restartRequired } = await restoreVersion(file, version.id, etag)
    await loadVersions(file)
    const before = knownValue(state.list.value)?.find(
      (other) => other.etag === etag && other.etag !== version.etag,
    )
    state.stepBack.value = { to: version, before: before ?? null, restartRequired }
    return true
  } catch (error) {
    state.problem.value = toProblem(error)
    return false
  } finally {
    state.isBusy.value = false
  }
}

/**
 * Goes back to the version with which a gateway started last, and starts it.
 * @throws {ApiProblem} what {@link restoreVersion} and the start throw; the file may be back while nothing was started
 */
export async function goBackAndStart({ file, versionId }: Pick<GoBack, 'file' | 'versionId'>): Promise<void> {
  const { etag } = file === 'env' ? await loadEnv() : await loadConfig()
  await restoreVersion(file, versionId, etag)
  await startGateway()
}
