import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Operation, OperationStarted } from '../../contract/schemas.ts'
import type { TestHost } from './host.ts'
import { PANEL_URL, type PanelHost } from './panel-host.ts'
import { waitUntil } from './wait-until.ts'

/** What the panel answered to a script. */
export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

/** Asks the panel as a script of root does: with the token of the state directory. */
export async function callApi(
  { host }: PanelHost,
  key: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const [method = '', path = ''] = key.split(' ')
  const token = (await readFile(join(host.root, 'var/lib/razroom-panel/api-token'), 'utf8')).trim()
  const all = { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }
  const named = Object.entries(all).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
  const flags = ['--silent', '--request', method, '--write-out', '\n%{http_code}', '--max-time', '120']
  const data = body === undefined ? [] : ['--data-binary', JSON.stringify(body)]
  // The token comes by a file, since arguments are for everybody to read; the file is the standard input.
  const request = ['curl', ...flags, ...named, ...data, '--header', '@-', `${PANEL_URL}${path}`]
  const { stdout } = await host.outside(request, { input: `Authorization: Bearer ${token}` })
  const end = stdout.lastIndexOf('\n')
  const text = stdout.slice(0, end)
  return { status: Number(stdout.slice(end + 1)), body: text === '' ? null : (JSON.parse(text) as unknown) }
}

/** Starts an operation by the API. @returns its id @throws when it is not accepted */
export async function startOperation(panel: PanelHost, key: string, body?: unknown): Promise<string> {
  const answer = await callApi(panel, key, body)
  if (answer.status !== 202) throw new Error(`${key}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return (answer.body as OperationStarted).operationId
}

/** Polls an operation until it is as the predicate wants it. */
export function awaitOperation(
  panel: PanelHost,
  id: string,
  what: string,
  isWanted: (operation: Operation) => boolean,
  timeoutMs = 240_000,
): Promise<Operation> {
  return waitUntil(`operation ${id}: ${what}`, timeoutMs, async () => {
    const { body } = await callApi(panel, `GET /api/operations/${id}`)
    return isWanted(body as Operation) && (body as Operation)
  })
}

/** Numbers of processes in the host whose command line matches, by pgrep(1). */
export async function findProcesses(host: TestHost, pattern: string): Promise<string[]> {
  const { stdout } = await host.run(['pgrep', '--full', '--list-full', pattern], { reject: false })
  return stdout.split('\n').filter((line) => line !== '' && !line.includes('pgrep'))
}
