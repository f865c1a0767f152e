import type { Operation } from '../../contract/schemas.ts'
import { callApi } from '../host/panel-api.ts'
import type { PanelHost } from '../host/panel-host.ts'
import { runInside } from './inside.ts'

/** Everything of a machine that a request may change: each part by a name, as text. */
export type MachineState = Readonly<Record<string, string>>

/** The pids of both halves: as long as they stay, neither has died. */
export async function panelPids(panel: PanelHost): Promise<string> {
  return (await Promise.all([panel.pid('front'), panel.pid('root')])).join(' ')
}

/** The files, containers and images of the machine, the daemon's pid, and the operations it knows. */
export async function readMachine(panel: PanelHost): Promise<MachineState> {
  const [files, containers, images, pid, operations] = await Promise.all([
    runInside<Record<string, string>>(panel.host, 'machine-state.ts', null, { timeoutMs: 60_000 }),
    panel.podman('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.State}} {{.StartedAt}}'),
    panel.podman('images', '--all', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'),
    panelPids(panel),
    callApi(panel, 'GET /api/operations'),
  ])
  const ids = (operations.body as Operation[]).map(({ id, kind, state }) => `${id} ${kind} ${state}`)
  return { ...files, containers, images, pid: String(pid), operations: ids.join('\n') }
}

/** What is another than before, each as 'name: before -> now'. */
export function differences(before: MachineState, now: MachineState): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...names].flatMap((name) =>
    before[name] === now[name] ? [] : [`${name}: ${before[name] ?? 'nothing'} -> ${now[name] ?? 'nothing'}`],
  )
}
