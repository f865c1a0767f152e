import type { ExportDocument, ExportFormat } from '../../contract/unit.ts'
import { api } from './client.ts'

/** The gateway in another format, with placeholders for its secrets. @throws {ApiProblem} SETUP_REQUIRED, IMAGE_MISSING */
export async function readExport(format: ExportFormat): Promise<ExportDocument> {
  return api('GET /api/export/:format', { params: { format } })
}

/** The same with every secret in it, after a confirmation. @throws {ApiProblem} STEP_UP_REQUIRED when declined */
export async function revealExport(format: ExportFormat): Promise<ExportDocument> {
  return api('POST /api/export/:format/reveal', { params: { format } })
}
