/** The steps of setup that put files and directories into the home of the gateway's user. */

import { MAX_CONFIG_BYTES } from '../../contract/config.ts'
import { applyEnvEdits } from '../domain/env-edits.ts'
import { parseEnvFile, readEnv, renderEnvFile } from '../domain/env-file.ts'
import { minimalConfig } from '../domain/razroom-config.ts'
import { launchScript } from '../domain/render-launch-script.ts'
import { effectiveToken, generateToken, TOKEN_VARIABLE } from '../domain/token.ts'
import { PanelError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { authorOf, saveVersioned } from './file-versions.ts'
import { readWanted } from './gateway-container.ts'
import { ABSENT_ETAG, readConfigFile, readEnvFile, requireUser } from './gateway-files.ts'
import { putFile } from './put-file.ts'
import type { Step, StepContext } from './runner.ts'

/** `.env` with a token, if there is none: a token that is set is never replaced. */
export function envFileStep(host: Host): Step {
  return {
    id: 'env-file',
    title: 'The environment file and its token',
    async run(context) {
      const { user, paths } = await requireUser(host)
      context.command(
        `printf '${TOKEN_VARIABLE}=%s\\n' "$(openssl rand -hex 32)" | sudo -u ${user.name} tee -a ${paths.envFile} >/dev/null`,
      )
      const { found, did } = await ensureToken(host, user, paths.envFile, context)
      context.found(found)
      if (did !== null) context.did(did)
    },
  }
}

/** A razroom.json with gateway.mode=local, if there is none; one that is there is only read. */
export function configFileStep(host: Host): Step {
  return {
    id: 'config-file',
    title: 'The gateway’s configuration',
    async run(context) {
      const { user, paths } = await requireUser(host)
      context.command(`sudo -u ${user.name} cat ${paths.configFile}`)
      const present = await readConfigFile(host, user)
      if (present) {
        context.found(`${paths.configFile} is there (gateway.mode ${present.config.mode ?? 'not set'})`)
        return
      }
      context.did(await writeMinimalConfig(host, user, paths.configFile, context))
    },
  }
}

/**
 * What the start of a gateway that was set up needs and somebody may have removed, as in the launch script: `.env` with
 * a token, and a razroom.json. One that is there is not judged: the gateway itself says what is wrong with it.
 */
export function missingFilesStep(host: Host): Step {
  return {
    id: 'missing-files',
    title: 'The token and the configuration',
    async run(context) {
      const { user, paths } = await requireUser(host)
      const { found, did } = await ensureToken(host, user, paths.envFile, context)
      const config = await host.readUserFile(user, paths.configFile, MAX_CONFIG_BYTES)
      context.found(`${found}, ${config ? '' : 'no '}${paths.configFile}${config ? ' is there' : ''}`)
      const done = [did, config ? null : await writeMinimalConfig(host, user, paths.configFile, context)]
      const told = done.filter((text) => text !== null)
      if (told.length > 0) context.did(told.join('; '))
    },
  }
}

/**
 * A token in `.env`, if there is none: what was found, and what was done about it. It is the one of razroom.json where that
 * has one, for two that differ would be one too many.
 */
async function ensureToken(
  host: Host,
  user: UserAccount,
  path: string,
  context: StepContext,
): Promise<{ found: string; did: string | null }> {
  const env = await readEnvFile(host, user)
  const token = readEnv(env.file).get(TOKEN_VARIABLE)
  if (token !== undefined && token !== '') return { found: `${path} has a token`, did: null }
  const base = env.exists ? env.file : parseEnvFile(new Uint8Array())
  const known = await readConfiguredToken(host, user)
  const edited = applyEnvEdits(base, [{ op: 'set', key: TOKEN_VARIABLE, value: known ?? generateToken() }])
  const save = {
    path,
    bytes: renderEnvFile(edited),
    mode: 0o600,
    expectedEtag: env.etag,
    ...authorOf(context),
  }
  // Before the new version is kept, too.
  const isLost = !env.exists && (await host.listVersions(path)).some(({ sizeBytes }) => sizeBytes > 0)
  await saveVersioned(host, user, { file: 'env', ...save })
  const did = `wrote ${known === null ? 'a new random token' : 'the token of razroom.json'} into ${path}`
  const lost = 'the file was there before: what it had is kept, see: sudo razroom-panel versions env'
  return {
    found: env.exists ? `${path} has no token` : `no ${path}`,
    did: isLost ? `${did}; ${lost}` : did,
  }
}

/** null without one, or where razroom.json can't be read: the gateway itself says what is wrong with it. */
async function readConfiguredToken(host: Host, user: UserAccount): Promise<string | null> {
  try {
    return effectiveToken(new Map(), (await readConfigFile(host, user))?.config ?? null)?.token ?? null
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return null
  }
}

async function writeMinimalConfig(
  host: Host,
  user: UserAccount,
  path: string,
  context: StepContext,
): Promise<string> {
  const bytes = new TextEncoder().encode(minimalConfig())
  const save = { path, bytes, mode: 0o600, expectedEtag: ABSENT_ETAG, ...authorOf(context) }
  await saveVersioned(host, user, { file: 'config', ...save })
  return `wrote ${path} with gateway.mode=local`
}

/** The script that starts the gateway without the panel. */
export function launchScriptStep(host: Host): Step {
  return {
    id: 'launch-script',
    title: 'The launch script in the user’s home',
    async run(context) {
      const wanted = await readWanted(host)
      const { paths } = await requireUser(host)
      context.command(`sudo -u ${wanted.user.name} ${paths.launchScript}`)
      const outcome = await putFile(host, wanted.user, paths.launchScript, launchScript(wanted.spec), 0o700)
      if (outcome === 'kept') context.found(`${paths.launchScript} is up to date`)
      else context.did(`${outcome === 'new' ? 'wrote' : 'renewed'} ${paths.launchScript}`)
    },
  }
}
