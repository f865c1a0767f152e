/** The doctor's way with the gateway's two files: what the editors would do, for everything that can be mended. */
import type { EnvEdit } from '../../contract/env.ts'
import type { Finding } from '../../contract/schemas.ts'
import type { Host } from '../host/host.ts'
import { readConfigDocument, restoreConfig, saveConfig } from './edit-config.ts'
import { readEnvDocument, saveEnv } from './edit-env.ts'
import { authorOf } from './file-versions.ts'
import { requireUser } from './gateway-files.ts'
import { readGoBack } from './proven-versions.ts'
import type { Step, StepContext } from './runner.ts'

/** More mends than this in one file are nobody's mistake. */
const MAX_MENDS = 100

const isMendable = ({ fix, severity }: Finding): boolean => fix !== undefined && severity !== 'info'

/** Mends every line of `.env` that can be. The file as it was is among its versions. */
export function editedEnv(host: Host): Step {
  return {
    id: 'mend-env',
    title: 'Mend .env',
    async run(context) {
      context.command('sudo razroom-panel env mend --yes')
      const { findings, etag, path } = await readEnvDocument(host)
      const edits = findings.filter(isMendable).flatMap(({ id, line }): EnvEdit[] => {
        return line === undefined ? [] : [{ op: 'mend', line, finding: id }]
      })
      context.found(`${edits.length} to mend in ${path}`)
      if (edits.length === 0) return
      await saveEnv(host, { edits: edits.slice(0, MAX_MENDS) }, etag, authorOf(context))
      context.did(`mended ${edits.length} in ${path}; the file as it was is among its versions`)
    },
  }
}

/** Mends every place of razroom.json that can be; a file that is past that goes back to what the gateway started with. */
export function editedConfig(host: Host): Step {
  return {
    id: 'mend-config',
    title: 'Mend razroom.json',
    async run(context) {
      const { path } = await readConfigDocument(host)
      const done = await mendAll(host, context)
      if (done.length > 0) {
        context.did(`${done.join(', ')}; the file as it was is among its versions`)
        return
      }
      if (!(await goBack(host, context))) context.found(`nothing of ${path} can be mended by itself`)
    },
  }
}

async function mendAll(host: Host, context: StepContext): Promise<string[]> {
  const done: string[] = []
  while (done.length < MAX_MENDS) {
    const { findings, etag } = await readConfigDocument(host)
    const next = findings.find(isMendable)
    if (!next) break
    await saveConfig(host, { mend: next.id }, etag, authorOf(context))
    done.push(next.fix?.label ?? next.id)
  }
  return done
}

/** @returns whether there was a version to go back to, and a reason for it */
async function goBack(host: Host, context: StepContext): Promise<boolean> {
  const { findings, etag } = await readConfigDocument(host)
  if (!findings.some(({ severity }) => severity === 'error')) return false
  const { user } = await requireUser(host)
  const offer = (await readGoBack(host, user)).find(({ file }) => file === 'config')
  if (!offer) return false
  context.found(`the version of ${offer.provenAt} is the last with which a gateway started`)
  await restoreConfig(host, offer.versionId, etag, authorOf(context))
  context.did(`${offer.path} is as it was then; the broken one is among its versions`)
  return true
}
