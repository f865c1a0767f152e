/** The step that makes rootless podman fit the machine for the gateway's user. */
import { chooseRuntime, containersConf, storageConf } from '../domain/render-containers-conf.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { userEntry } from './check-user.ts'
import { readPaths, requireUser } from './gateway-files.ts'
import { MAX_SMALL_FILE_BYTES, putFile } from './put-file.ts'
import type { Step } from './runner.ts'
import { remember } from './setup-user.ts'

/**
 * podman 4.3 of Debian 12 picks the vfs driver, which copies the whole image for each layer and container. An image
 * store cannot change its driver later, so this is decided before there is one, and never over a file of the user's.
 */
async function chooseOverlay(host: Host, user: UserAccount): Promise<boolean> {
  const { storageConfFile, imageStoreDir } = await readPaths(host, user)
  const hasChosen = await host.readUserFile(user, storageConfFile, MAX_SMALL_FILE_BYTES)
  if (hasChosen || (await host.hasUserDirectory(user, imageStoreDir))) return false
  if (!(await host.canStackOverlay(user.home))) return false
  await makeMissing(host, user, storageConfFile.slice(0, storageConfFile.lastIndexOf('/')))
  await putFile(host, user, storageConfFile, storageConf(), 0o600)
  return true
}

/** One that is there keeps its mode: it may be a person's. */
async function makeMissing(host: Host, user: UserAccount, directory: string): Promise<void> {
  if (!(await host.hasUserDirectory(user, directory))) await host.ensureUserDirectory(user, directory, 0o700)
}

/**
 * The drop-in this user needs, or null: a user who was there before keeps podman as it is, but for what the machine
 * demands.
 */
async function neededConf(host: Host, user: UserAccount): Promise<{ text: string | null; reason: string }> {
  const [facts, { created }] = await Promise.all([host.readFacts(), host.readState()])
  const { runtime, reason } = chooseRuntime(facts)
  const isOurs = created.includes(userEntry(user.name))
  if (!isOurs && runtime === null && facts.hasPidsController) return { text: null, reason }
  const text = containersConf({
    ...(runtime === null ? {} : { runtime }),
    pidsLimitZero: !facts.hasPidsController,
    ...(isOurs ? { eventsLogger: 'file' } : {}),
  })
  return { text, reason }
}

/** Makes rootless podman fit this machine, once, in the user's own configuration, so that shell and panel agree. */
export function containersConfStep(host: Host): Step {
  return {
    id: 'containers-conf',
    title: 'Rootless podman for this user',
    async run(context) {
      const { user, paths } = await requireUser(host)
      const { text, reason } = await neededConf(host, user)
      const done = []
      // Before containers.conf: from then on the status looks with podman, whose first run makes the image store.
      if (await chooseOverlay(host, user))
        done.push(`wrote ${paths.storageConfFile} (overlay instead of whole copies)`)
      if (text !== null) {
        await makeMissing(host, user, paths.containersConfDir)
        const outcome = await putFile(host, user, paths.containersConfFile, text, 0o600)
        if (outcome !== 'kept') done.push(`wrote ${paths.containersConfFile} (${reason})`)
      }
      const opened = await host.openContainerDevices()
      if (opened.length > 0) done.push(`opened ${opened.join(' and ')} to users, as udev would`)
      if (done.length > 0) context.did(done.join('; '))
      const podman = await host.checkPodman(user)
      // From here on podman may be looked at from outside, wherever this user keeps images (host/podman-readiness.ts).
      await remember(host, `podman:${user.name}`)
      context.command(host.describePodman(user, ['info']))
      context.found(
        `podman works for ${user.name}: runtime ${podman.runtime}, cgroups ${podman.cgroups}, images in ${podman.graphRoot}`,
      )
    },
  }
}
