import type { PanelHost } from '../host/panel-host.ts'

/** The gateway's files on a host where nobody chose other places. */
export const CONFIG_DIR = '/home/razroom/.razroom'
export const ENV_FILE = `${CONFIG_DIR}/.env`
export const CONFIG_FILE = `${CONFIG_DIR}/razroom.json`

/** What tells one run of the container from another. */
export interface ContainerRun {
  readonly id: string
  readonly pid: number
  readonly startedAt: string
  readonly finishedAt: string
  readonly env: readonly string[]
}

/** Asks podman itself, not the panel. @throws when there is no container */
export async function inspectGateway(panel: PanelHost): Promise<ContainerRun> {
  const [found] = JSON.parse(await panel.podman('inspect', 'razroom')) as {
    Id: string
    State: { Pid: number; StartedAt: string; FinishedAt: string }
    Config: { Env: string[] }
  }[]
  if (!found) throw new Error('podman inspect printed an empty list')
  const { Pid, StartedAt, FinishedAt } = found.State
  return { id: found.Id, pid: Pid, startedAt: StartedAt, finishedAt: FinishedAt, env: found.Config.Env }
}

/** A variable as the program in the container sees it; empty when it is not set. */
export function readContainerVariable(panel: PanelHost, name: string): Promise<string> {
  const script = `process.stdout.write(process.env[${JSON.stringify(name)}] ?? '')`
  return panel.podman('exec', 'razroom', 'node', '--eval', script)
}

/** The bytes of .env, as latin1. */
export async function readEnvFile(panel: PanelHost): Promise<string> {
  const { stdout } = await panel.host.run(['base64', '--wrap=0', ENV_FILE])
  return Buffer.from(stdout, 'base64').toString('latin1')
}

/**
 * Writes a file of the gateway behind the panel's back, as its user would with an editor: at once. Where the text comes
 * after the file was emptied, the panel may take the empty one for what was written.
 */
export async function overwrite(
  { host }: Pick<PanelHost, 'host'>,
  path: string,
  content: string | Buffer,
): Promise<void> {
  const script = 'text=$(mktemp); cat > "$text"; cp "$text" "$0"; rm "$text"'
  await host.run(['sh', '-ec', script, path], { user: 'razroom', input: content })
}

/** Writes .env so, as latin1. */
export async function writeEnvFile(panel: PanelHost, text: string): Promise<void> {
  await overwrite(panel, ENV_FILE, Buffer.from(text, 'latin1'))
}
