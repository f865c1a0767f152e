/** The step that takes a found gateway over: backed up, its own files kept beside, its token kept. */

import { MAX_CONFIG_BYTES } from '../../contract/config.ts'
import type { Settings } from '../../contract/settings.ts'
import { applyEnvEdits } from '../domain/env-edits.ts'
import { parseEnvFile, readEnv, renderEnvFile } from '../domain/env-file.ts'
import type { FoundRun } from '../domain/found-run.ts'
import type { GatewayPaths } from '../domain/gateway-spec.ts'
import { effectiveToken, TOKEN_VARIABLE } from '../domain/token.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { type FoundAdoption, readAdoption } from './adoption.ts'
import { backupStep } from './backup.ts'
import { type Author, authorOf, saveVersioned } from './file-versions.ts'
import type { FoundGateway, FoundUnit } from './found-gateway.ts'
import { readConfigFile, readEnvFile, requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'

/** Says in the record that a gateway is being taken over, until the step has done its part. */
export const adoptingEntry = (settings: Pick<Settings, 'user' | 'containerName'>): string =>
  `adopting:${settings.user}:${settings.containerName}`
const adoptedEntry = (settings: Settings): string => `adopted:${settings.user}:${settings.containerName}`

export function adoptStep(host: Host): Step {
  return {
    id: 'adopt',
    title: 'Take over the gateway that is there',
    async run(context) {
      const { user, settings, paths } = await requireUser(host)
      const { created } = await host.readState()
      const entry = adoptingEntry(settings)
      if (!created.includes(entry)) {
        const isAdopted = created.includes(adoptedEntry(settings))
        context.found(isAdopted ? 'it was taken over before' : 'there is none to take over')
        return
      }
      const found = await readAdoption(host, settings)
      context.found(found ? found.adoption.found.join('; ') : 'it has gone meanwhile')
      if (found) {
        const done: string[] = []
        // First of all: what follows changes files of the gateway.
        await backupStep(host, 'adoption').run({
          ...context,
          found: () => undefined,
          did: (text) => done.push(text),
        })
        await keepLaunchScript(host, user, paths, done)
        await keepUnit(host, user, { found, settings, paths }, done)
        await keepEnvironment(host, user, { ...found.gateway, author: authorOf(context) }, done)
        context.did(done.join('; '))
      }
      const others = created.filter((one) => one !== entry && one !== adoptedEntry(settings))
      await host.updateState({ created: [...others, adoptedEntry(settings)] })
    },
  }
}

/** Beside itself, under a name that neither systemd nor a person takes for the file. */
function asideOf(path: string): string {
  return `${path}.saved-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
}

async function keepLaunchScript(
  host: Host,
  user: UserAccount,
  { launchScript }: GatewayPaths,
  done: string[],
): Promise<void> {
  const script = await host.readUserFile(user, launchScript, MAX_CONFIG_BYTES)
  if (!script || new TextDecoder().decode(script.bytes).includes('razroom-panel')) return
  const path = asideOf(launchScript)
  await host.writeUserFile(user, { path, bytes: script.bytes, mode: script.mode & 0o700 })
  done.push(`kept the launch script as ${path}`)
}

interface Takeover {
  readonly found: FoundAdoption
  readonly settings: Settings
  readonly paths: GatewayPaths
}

/** A unit that already does what the settings ask for stays in use; another one makes room for the panel's. */
async function keepUnit(host: Host, user: UserAccount, takeover: Takeover, done: string[]): Promise<void> {
  const { unit, run } = takeover.found.gateway
  if (!unit) return
  const reasons = differences(takeover, unit, run)
  if (reasons.length === 0) {
    done.push(`${unit.path} stays in use`)
    return
  }
  const path = asideOf(unit.path)
  await host.renameUserFile(user, unit.path, path)
  await host.reloadUnits(user)
  done.push(`kept the unit as ${path}, for another takes its place (${reasons.join(', ')})`)
}

function differences({ found, settings, paths }: Takeover, unit: FoundUnit, run: FoundRun | null): string[] {
  const was = found.adoption.settings
  const keys = [
    'gatewayPort',
    'bridgePort',
    'publishAddress',
    'userns',
    'configDir',
    'workspaceDir',
    'image',
  ] as const
  const changed = keys.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(settings[key]))
  const usualName = unit.kind === 'quadlet' ? `systemd-${settings.containerName}` : settings.containerName
  return [
    ...(settings.mode === 'quadlet' ? [] : ['podman alone is to keep the container']),
    ...changed.map((key) => (was[key] === undefined ? `${key} cannot be told` : `other ${key}`)),
    ...(run?.envFiles.includes(paths.envFile) ? [] : ['it does not read the same .env']),
    ...((run?.name ?? usualName) === settings.containerName ? [] : ['other container name']),
  ]
}

/** What only the old container knew moves into `.env`: the variables of another file, and a token set by --env. */
async function keepEnvironment(
  host: Host,
  user: UserAccount,
  { run, container, author }: FoundGateway & { readonly author: Author },
  done: string[],
): Promise<void> {
  const { envFile } = (await requireUser(host)).paths
  let env = await readEnvFile(host, user)
  const [elsewhere] = run?.envFiles.filter((path) => path !== envFile && path.startsWith('/')) ?? []
  if (!env.exists && elsewhere !== undefined) {
    const old = await host.readUserFile(user, elsewhere, MAX_CONFIG_BYTES)
    if (old) {
      const save = { path: envFile, bytes: old.bytes, mode: 0o600, expectedEtag: env.etag }
      await saveVersioned(host, user, { file: 'env', ...save, ...author })
      env = await readEnvFile(host, user)
      done.push(`copied ${elsewhere} to ${envFile}`)
    }
  }
  const config = await readConfigFile(host, user)
  const old = container?.env
    .find((line) => line.startsWith(`${TOKEN_VARIABLE}=`))
    ?.slice(TOKEN_VARIABLE.length + 1)
  if (!old || effectiveToken(readEnv(env.file), config?.config ?? null) !== null) return
  const base = env.exists ? env.file : parseEnvFile(new Uint8Array())
  const bytes = renderEnvFile(applyEnvEdits(base, [{ op: 'set', key: TOKEN_VARIABLE, value: old }]))
  const save = { path: envFile, bytes, mode: 0o600, expectedEtag: env.etag }
  await saveVersioned(host, user, { file: 'env', ...save, ...author })
  done.push(`wrote the token of the container into ${envFile}`)
}
