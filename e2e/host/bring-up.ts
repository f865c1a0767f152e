import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { ensureBaseImage } from './base-image.ts'
import { baseRecipe } from './base-recipe.ts'
import { bootHost, consoleTail } from './boot.ts'
import { openCache } from './cache-paths.ts'
import { findCgroupMounts, hasPidsController, makeCgroup } from './cgroup.ts'
import { mountDisk } from './disk.ts'
import { lendDownloads } from './downloads.ts'
import { hostCgroup, NPM_CACHE_INSIDE, outerCgroup, prepareInside, requireInit } from './enter.ts'
import { type HostPaths, type HostRecord, hostPaths, writeRecord } from './host-record.ts'
import { KINDS } from './kinds.ts'
import { attachMirrors, createNetwork, resolvConf } from './network.ts'
import type { PackageAccess } from './outer-machine.ts'
import { isAlive } from './process-identity.ts'
import { runToEnd } from './program.ts'
import { plainCommand, systemdCommand } from './supervisor-argv.ts'
import { waitUntil } from './wait-until.ts'

const BOOT_TIMEOUT_MS = 180_000
const SHUTDOWN_TIMEOUT_MS = 180_000

/** Makes everything of a host whose record is written, and boots it. */
export async function bringUp(record: HostRecord, access: PackageAccess): Promise<HostRecord> {
  const paths = await hostPaths(record.name)
  const image = await ensureBaseImage(baseRecipe(record.kind, record.base, access))
  await mkdir(paths.tree, { recursive: true, mode: 0o700 })
  await mountDisk(image, paths)
  await makeDevices(record, paths)
  await settleTree(record, paths)
  await createNetwork(record.name)
  if (record.network === 'mirrors') {
    await lendDownloads(record.kind, paths.tree)
    await attachMirrors(paths, await outerCgroup(record.name))
  }
  return boot(record, paths)
}

/** Shuts a host down, as its own administrator would, and boots it on the same tree. */
export async function bootAgain(record: HostRecord): Promise<HostRecord> {
  const paths = await hostPaths(record.name)
  const initPid = requireInit(record)
  const { supervisor } = record
  if (KINDS[record.kind].systemd) {
    // It may be killed before it can say that all is well: what counts is that the host goes down.
    await runToEnd(await prepareInside(record, ['systemctl', 'reboot'], {}), { reject: false })
  } else {
    process.kill(initPid, 'SIGKILL')
  }
  await waitUntil(
    `${record.name} has shut down`,
    SHUTDOWN_TIMEOUT_MS,
    () => !supervisor || !isAlive(supervisor),
  )
  return boot(record, paths)
}

/** Device nodes with the modes that the kind of machine has; see docs/facts/podman-and-systemd.md. */
async function makeDevices(record: HostRecord, paths: HostPaths): Promise<void> {
  await mkdir(paths.devices)
  // udev opens both to everybody. A machine without udev leaves them as the kernel makes them: root's.
  const mode = KINDS[record.kind].systemd ? '0666' : '0600'
  await execa('mknod', [`--mode=${mode}`, join(paths.devices, 'fuse'), 'c', '10', '229'])
  await execa('mknod', [`--mode=${mode}`, join(paths.devices, 'tun'), 'c', '10', '200'])
}

/** Writes what differs from host to host. */
async function settleTree(record: HostRecord, paths: HostPaths): Promise<void> {
  const etc = join(paths.tree, 'etc')
  await writeFile(join(etc, 'hostname'), `${record.name}\n`)
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost\n127.0.1.1 ${record.name}\n::1 localhost\n`)
  await writeFile(join(etc, 'resolv.conf'), resolvConf(record.network === 'mirrors'))
  if (KINDS[record.kind].systemd && !(await hasPidsController(await findCgroupMounts()))) {
    // A real machine has that controller; without it crun can set no limit (docs/facts).
    const folder = join(etc, 'containers/containers.conf.d')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '10-no-pids-controller.conf'), '[containers]\npids_limit = 0\n')
  }
}

async function boot(record: HostRecord, paths: HostPaths): Promise<HostRecord> {
  const { systemd } = KINDS[record.kind]
  const binds = record.network === 'mirrors' ? [{ from: (await openCache()).npm, to: NPM_CACHE_INSIDE }] : []
  const command = (systemd ? systemdCommand : plainCommand)(record, paths, binds)
  await appendFile(paths.consoleLog, `--- boot at ${new Date().toISOString()}\n`)
  const group = await makeCgroup(await hostCgroup(record.name))
  const up: HostRecord = { ...record, ...(await bootHost(command, group, paths)) }
  await writeRecord(up)
  const isBooted = systemd ? hasSettled : hasPivoted
  await waitUntil(`${record.name} has booted`, BOOT_TIMEOUT_MS, async () => {
    if (up.supervisor !== undefined && !isAlive(up.supervisor)) {
      throw new Error(`${record.name} ended while it booted:\n${await consoleTail(paths)}`)
    }
    return isBooted(up)
  })
  return up
}

/** Whether systemd has done its jobs. A `degraded` host is up too: the test that minds looks at its units. */
async function hasSettled(record: HostRecord): Promise<boolean> {
  const program = await prepareInside(record, ['systemctl', 'is-system-running'], {})
  const { stdout } = await runToEnd(program, { reject: false })
  return stdout === 'running' || stdout === 'degraded'
}

/** Whether the plain init has its own root: it says so by a file that only shows up there. */
async function hasPivoted(record: HostRecord): Promise<boolean> {
  const program = await prepareInside(record, ['test', '-e', '/run/booted'], {})
  return (await runToEnd(program, { reject: false })).exitCode === 0
}
