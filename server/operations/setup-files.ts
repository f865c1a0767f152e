/** The steps of setup that put files and directories into the home of the gateway's user. */
import { applyEnvEdits, parseEnvFile, readEnv, renderEnvFile } from '../domain/env-file.ts'
import { minimalConfig } from '../domain/razroom-config.ts'
import { chooseRuntime, containersConf, storageConf } from '../domain/render-containers-conf.ts'
import { launchScript } from '../domain/render-launch-script.ts'
import { generateToken, TOKEN_VARIABLE } from '../domain/token.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { readWanted } from './gateway-container.ts'
import { ABSENT_ETAG, readConfigFile, readEnvFile, readPaths, requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'

const MAX_SMALL_FILE_BYTES = 1_048_576

/** Writes a file unless it has these bytes already; says whether it did. */
async function putFile(
  host: Host,
  user: UserAccount,
  path: string,
  text: string,
  mode: number,
): Promise<'kept' | 'new' | 'changed'> {
  const bytes = new TextEncoder().encode(text)
  const present = await host.readUserFile(user, path, MAX_SMALL_FILE_BYTES)
  if (present && present.mode === mode && Buffer.compare(present.bytes, bytes) === 0) return 'kept'
  await host.writeUserFile(user, { path, bytes, mode, expectedEtag: present?.etag ?? ABSENT_ETAG })
  return present ? 'changed' : 'new'
}

/**
 * podman 4.3 of Debian 12 picks the vfs driver, which copies the whole image for each layer and container. An image
 * store cannot change its driver later, so this is decided before there is one, and never over a file of the user's.
 */
async function chooseOverlay(host: Host, user: UserAccount): Promise<boolean> {
  const { storageConfFile, imageStoreDir } = await readPaths(host, user)
  const hasChosen = await host.readUserFile(user, storageConfFile, MAX_SMALL_FILE_BYTES)
  if (hasChosen || (await host.hasUserDirectory(user, imageStoreDir))) return false
  if (!(await host.canStackOverlay(user.home))) return false
  await putFile(host, user, storageConfFile, storageConf(), 0o600)
  return true
}

/** Makes rootless podman fit this machine, once, in the user's own configuration, so that shell and panel agree. */
export function containersConfStep(host: Host): Step {
  return {
    id: 'containers-conf',
    title: 'Rootless podman for this user',
    async run(context) {
      const [{ user, paths }, facts] = await Promise.all([requireUser(host), host.readFacts()])
      const choice = chooseRuntime(facts)
      const text = containersConf({
        ...(choice.runtime === null ? {} : { runtime: choice.runtime }),
        pidsLimitZero: !facts.hasPidsController,
        eventsLogger: 'file',
      })
      await host.ensureUserDirectory(user, paths.containersConfDir, 0o700)
      const done = []
      // Before containers.conf: from then on the status looks with podman, whose first run makes the image store.
      const hasChosen = await chooseOverlay(host, user)
      const outcome = await putFile(host, user, paths.containersConfFile, text, 0o600)
      if (outcome !== 'kept') done.push(`wrote ${paths.containersConfFile} (${choice.reason})`)
      if (hasChosen) done.push(`wrote ${paths.storageConfFile} (overlay instead of whole copies)`)
      const opened = await host.openContainerDevices()
      if (opened.length > 0) done.push(`opened ${opened.join(' and ')} to users, as udev would`)
      if (done.length > 0) context.did(done.join('; '))
      const podman = await host.checkPodman(user)
      context.command(host.describePodman(user, ['info']))
      context.found(
        `podman works for ${user.name}: runtime ${podman.runtime}, cgroups ${podman.cgroups}, images in ${podman.graphRoot}`,
      )
    },
  }
}

export function directoriesStep(host: Host): Step {
  return {
    id: 'directories',
    title: 'Directories for config, workspace, cache and log',
    async run(context) {
      const { user, paths } = await requireUser(host)
      const wanted = [paths.configDir, paths.workspaceDir, paths.pluginCacheDir, paths.logDir]
      context.command(`sudo -u ${user.name} mkdir -p -m 0700 ${wanted.join(' ')}`)
      const done: string[] = []
      for (const path of wanted) {
        const { created, corrected } = await host.ensureUserDirectory(user, path, 0o700)
        if (created) done.push(`made ${path}`)
        else if (corrected) done.push(`closed ${path} to others (0700)`)
      }
      context.found(`${wanted.length} directories, readable by ${user.name} and root only`)
      if (done.length > 0) context.did(done.join(', '))
    },
  }
}

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
      await host.writeUserFile(user, { path: paths.envFile, bytes, mode: 0o600, expectedEtag: env.etag })
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
      await host.writeUserFile(user, {
        path: paths.configFile,
        bytes: new TextEncoder().encode(minimalConfig()),
        mode: 0o600,
        expectedEtag: ABSENT_ETAG,
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
