import { batch } from '@preact/signals'
import type { EnvChange, EnvCheck, EnvDocument, EnvSaved } from '../../contract/env.ts'
import { envDocument, envLatestEtag } from '../state/env.ts'
import { api } from './client.ts'

/** Reads `.env` anew, secrets masked. @throws {ApiProblem} SETUP_REQUIRED, FILE_DENIED and the like */
export async function loadEnv(): Promise<EnvDocument> {
  const document = await api('GET /api/env')
  batch(() => {
    envDocument.value = document
    envLatestEtag.value = document.etag
  })
  return document
}

/** The whole text, after a confirmation. @throws {ApiProblem} STEP_UP_REQUIRED when declined, ENV_NOT_UTF8 */
export async function revealText(): Promise<{ text: string; etag: string }> {
  return api('POST /api/env/reveal', { body: {} })
}

/** The value in one line, after a confirmation. @param line from 1 */
export async function revealLine(line: number): Promise<{ text: string; etag: string }> {
  return api('POST /api/env/reveal', { body: { line } })
}

/** Saves over the version that was read. @throws {ApiProblem} ENV_CHANGED when the file is another by now */
export async function saveEnv(change: EnvChange, etag: string): Promise<EnvSaved> {
  return api('PUT /api/env', { body: change, ifMatch: etag })
}

/** What the readers of `.env` would make of this text. */
export async function checkEnv(text: string): Promise<EnvCheck> {
  return api('POST /api/env/check', { body: { text } })
}
