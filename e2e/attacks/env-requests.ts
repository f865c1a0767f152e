/** Reading and saving `.env` as scripts of root do. */
import type { Problem } from '../../contract/schemas.ts'
import { type ApiAnswer, callApi } from '../host/panel-api.ts'
import type { PanelHost } from '../host/panel-host.ts'

/** In the gate fewer rounds and shorter races than with --full. */
export const IS_FULL = process.env.RAZROOM_TEST_FULL === '1'
/**
 * Said by each test that has one, so that a failure can be repeated. The gate makes the same requests each time, so that
 * what it says is about the change it looks at; --full makes others each time.
 */
export const SEED = Number(process.env.RAZROOM_TEST_SEED ?? (IS_FULL ? Date.now() % 1_000_000 : 314_159))
/** With --full what is made at random is made many times; each of these is RAZROOM_TEST_SEED of a short run that does the same. */
export const SEEDS: readonly number[] = Array.from({ length: IS_FULL ? 15 : 1 }, (_, index) => SEED + index)

export const readEnv = (panel: PanelHost): Promise<ApiAnswer> => callApi(panel, 'GET /api/env')

/** The etag of the file as the panel reads it. @throws when it can't */
export async function readEtag(panel: PanelHost): Promise<string> {
  const { status, body } = await readEnv(panel)
  if (status !== 200) throw new Error(`GET /api/env: ${status} ${JSON.stringify(body)}`)
  return (body as { etag: string }).etag
}

/** Saves against an etag; without one the panel must refuse. */
export function saveEnv(panel: PanelHost, change: object, etag?: string): Promise<ApiAnswer> {
  return callApi(panel, 'PUT /api/env', change, etag === undefined ? {} : { 'If-Match': `"${etag}"` })
}

export const setVariable = (key: string, value: string): object => ({ edits: [{ op: 'set', key, value }] })

/** The code of a problem document; empty for an answer that is none. */
export const codeOf = ({ body }: ApiAnswer): string => (body as Partial<Problem> | null)?.code ?? ''
