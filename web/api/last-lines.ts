import type { LogLine } from '../../contract/logs.ts'
import { api } from './client.ts'

/** The last lines there are, oldest first. @param limit from 1 to 10,000 @throws {ApiProblem} */
export async function loadLastLines(limit: number): Promise<LogLine[]> {
  return (await api('GET /api/logs', { query: { limit } })).lines
}
