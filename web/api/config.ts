import { batch } from '@preact/signals'
import type { ConfigChange, ConfigCheck, ConfigDocument, ConfigSaved } from '../../contract/config.ts'
import { configDocument, configLatestEtag } from '../state/config.ts'
import { api } from './client.ts'

/** Reads razroom.json anew, secrets masked. @throws {ApiProblem} SETUP_REQUIRED, FILE_DENIED and the like */
export async function loadConfig(): Promise<ConfigDocument> {
  const document = await api('GET /api/config')
  batch(() => {
    configDocument.value = document
    configLatestEtag.value = document.etag
  })
  return document
}

/** The whole text, after a confirmation. @throws {ApiProblem} STEP_UP_REQUIRED when declined */
export async function revealConfig(): Promise<{ text: string; etag: string }> {
  return api('POST /api/config/reveal', { body: {} })
}

/**
 * Saves over the version that was read.
 * @throws {ApiProblem} CONFIG_CHANGED when the file is another by now; CONFIG_WOULD_NOT_START unless it is meant anyway
 */
export async function saveConfig(change: ConfigChange, etag: string): Promise<ConfigSaved> {
  return api('PUT /api/config', { body: change, ifMatch: etag })
}

/** What is wrong with this text as razroom.json. */
export async function checkConfig(text: string): Promise<ConfigCheck> {
  return api('POST /api/config/check', { body: { text } })
}
