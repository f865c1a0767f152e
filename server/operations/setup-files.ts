/** The steps of setup that put files and directories into the home of the gateway's user. */
import { applyEnvEdits } from '../domain/env-edits.ts'
import { parseEnvFile, readEnv, renderEnvFile } from '../domain/env-file.ts'
import { minimalConfig } from '../domain/razroom-config.ts'
import { launchScript } from '../domain/render-launch-script.ts'
import { generateToken, TOKEN_VARIABLE } from '../domain/token.ts'
import type { Host } from '../host/host.ts'
import { authorOf, saveVersioned } from './file-versions.ts'
import { readWanted } from './gateway-container.ts'
import { ABSENT_ETAG, readConfigFile, readEnvFile, requireUser } from './gateway-files.ts'
import { putFile } from './put-file.ts'
import type { Step } from './runner.ts'

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
      const env = await readEnvFile(host, user)
      const token = readEnv(env.file).get(TOKEN_VARIABLE)
      if (token !== undefined && token !== '') {
        context.found(`${paths.envFile} has a token`)
        return
      }
      context.found(env.exists ? `${paths.envFile} has no token` : `no ${paths.envFile}`)
      const base = env.exists ? env.file : parseEnvFile(new Uint8Array())
      const edited = applyEnvEdits(base, [{ op: 'set', key: TOKEN_VARIABLE, value: generateToken() }])
      const bytes = renderEnvFile(edited)
      await saveVersioned(host, user, {
        file: 'env',
        path: paths.envFile,
        bytes,
        mode: 0o600,
        expectedEtag: env.etag,
        ...authorOf(context),
      })
      context.did('wrote a new random token into it')
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
      await saveVersioned(host, user, {
        file: 'config',
        path: paths.configFile,
        bytes: new TextEncoder().encode(minimalConfig()),
        mode: 0o600,
        expectedEtag: ABSENT_ETAG,
        ...authorOf(context),
      })
      context.did(`wrote ${paths.configFile} with gateway.mode=local`)
    },
  }
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
