/** The way back from a connection: both files as they were before it. */
import type { FileEtags } from '../../../contract/connections.ts'
import type { VersionedFile } from '../../../contract/versions.ts'
import { ApiProblem } from '../../api/problem.ts'
import { loadVersions, restoreVersion } from '../../api/versions.ts'
import { knownValue } from '../../state/remote.ts'
import { versions } from '../../state/versions.ts'
import { FILE_WORDS } from '../../ui/version-words.ts'

const FILES: readonly VersionedFile[] = ['config', 'env']
const OPERATION = 'connect-services'

/**
 * Puts back what the connection changed, where nobody has changed it since.
 * @param before ETags of the files as they were
 * @returns what was put back
 * @throws {ApiProblem} VERSION_NOT_FOUND when a file is another by now or the version before is not kept; what going back throws
 */
export async function undoConnection(before: FileEtags): Promise<VersionedFile[]> {
  const steps = []
  for (const file of FILES) steps.push(...(await findStep(file, before[file])))
  for (const { file, id, etag } of steps) await restoreVersion(file, id, etag)
  return steps.map(({ file }) => file)
}

/** Nothing when the connection left the file alone. */
async function findStep(file: VersionedFile, before: string) {
  await loadVersions(file)
  const list = versions[file].list.value
  if (list.kind === 'failed') throw new ApiProblem(list.problem)
  const [newest, ...older] = knownValue(list) ?? []
  if (!newest || newest.etag === before) return []
  const wanted = older.find(({ etag }) => etag === before)
  if (newest.reason === OPERATION && newest.isCurrent && wanted)
    return [{ file, id: wanted.id, etag: newest.etag }]
  throw new ApiProblem({
    type: 'about:blank',
    title: `${FILE_WORDS[file]} can not be put back from here`,
    status: 404,
    code: 'VERSION_NOT_FOUND',
    detail: 'it was changed since, or there was no such file before',
    hint: 'Look through its versions, on the Environment or the Configuration page.',
  })
}
