/** The way back from a save: the version before it. */
import { ApiProblem } from '../../api/problem.ts'
import { loadVersions, restoreVersion } from '../../api/versions.ts'
import { status } from '../../state/status.ts'
import { versions } from '../../state/versions.ts'
import * as editor from './env-editor.ts'

/**
 * Goes back to the version that the last save replaced.
 * @throws {ApiProblem} ENV_CHANGED when the file is another by now, VERSION_NOT_FOUND when that version is not kept
 */
export async function undoSave(): Promise<void> {
  const saved = editor.saved.value
  if (!saved) return
  await loadVersions('env')
  const list = versions.env.list.value
  if (list.kind === 'failed') throw new ApiProblem(list.problem)
  const before = list.kind === 'known' ? list.value.find(({ etag }) => etag === saved.before) : undefined
  if (!before) {
    throw new ApiProblem({
      type: 'about:blank',
      title: 'The version before is not kept',
      status: 404,
      code: 'VERSION_NOT_FOUND',
      hint: 'Look through the versions below for the one that is wanted.',
    })
  }
  const result = await restoreVersion('env', before.id, saved.result.etag)
  editor.saved.value = {
    result: { ...result },
    before: saved.result.etag,
    since: status.value?.gateway.since,
    isUndone: true,
  }
  await editor.load()
  await loadVersions('env')
}
