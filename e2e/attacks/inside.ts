import { join } from 'node:path'
import type { TestHost } from '../host/host.ts'
import { RELEASE_NODE } from '../host/panel-release.ts'

const PLACE = '/opt/razroom-attacks'
const CLIENT = 'panel-client.ts'

/** A program of this directory, and the argv that runs it in a host where it was put. */
export const insideArgv = (program: string): string[] => [
  RELEASE_NODE,
  '--disable-warning=ExperimentalWarning',
  `${PLACE}/${program}`,
]

/** Puts programs of this directory, which import nothing of the tests but the panel's client, into a host. */
export async function putInside(host: TestHost, ...programs: readonly string[]): Promise<void> {
  for (const program of [CLIENT, ...programs])
    await host.copyIn(join(import.meta.dirname, program), join(PLACE, program), 'root')
  await host.run(['chmod', '--recursive', 'u=rwX,go=rX', PLACE])
}

/** Runs such a program to its end: orders go in as JSON, and so its report comes back. */
export async function runInside<Report>(
  host: TestHost,
  program: string,
  orders: unknown,
  options: { readonly user?: string; readonly timeoutMs: number },
): Promise<Report> {
  const { stdout } = await host.run(insideArgv(program), { ...options, input: JSON.stringify(orders) })
  return JSON.parse(stdout) as Report
}
