import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { openCache } from './cache-paths.ts'
import { hasCode } from './file-errors.ts'
import type { TestHost } from './host.ts'
import { readStat } from './process-identity.ts'
import { waitUntil } from './wait-until.ts'

/** Runs a podman command as razroom through its user manager, as docs/facts/podman-and-systemd.md measured it. */
export const AS_RAZROOM = ['systemd-run', '--machine=razroom@.host', '--user', '--pipe', '--wait', '--quiet']

/**
 * Idles in a container until it is told to end. As process 1 it would not hear SIGTERM by itself, and podman would wait
 * for 10 s before it kills it.
 */
export const IDLE_PROGRAM: readonly string[] = [
  'node',
  '--eval',
  'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 100000)',
]

/** Adds razroom, who can't log in; returns when its user manager (where there is one) can be talked to. */
export async function addRazroom(host: TestHost): Promise<void> {
  await host.run(['useradd', '--create-home', '--shell', '/usr/sbin/nologin', 'razroom'])
  if (host.kind === 'debian-12-no-systemd') return
  const { stdout: uid } = await host.run(['id', '-u', 'razroom'])
  await host.run(['loginctl', 'enable-linger', 'razroom'])
  await host.run(['systemctl', 'start', `user@${uid}.service`])
}

/** Leaves the context of a one-program image in /home/razroom/image: nothing but a static busybox. */
export async function addImageContext(host: TestHost): Promise<string> {
  const context = '/home/razroom/image'
  const file = 'FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT ["/bin/busybox"]\n'
  await host.run(['mkdir', context])
  await host.run(['cp', '/bin/busybox', context])
  await host.run(['tee', `${context}/Dockerfile`], { input: file })
  await host.run(['chown', '--recursive', 'razroom:', context])
  return context
}

/**
 * Waits until nobody listens on the gateway's usual ports. A container's pasta holds them for a moment after its end
 * (docs/facts/podman-and-systemd.md): podman by itself fails then, where the panel tries again.
 */
export async function seeFreePorts(host: TestHost): Promise<void> {
  await waitUntil('the ports of the gateway are free', 90_000, async () => {
    const ports = ['sport', '=', ':18789', 'or', 'sport', '=', ':18790']
    return (await host.run(['ss', '-Hltn', ...ports])).stdout === ''
  })
}

/** Whatever is left of a host on this machine: files, mounts, namespaces, control groups, processes. */
export async function findRemains(name: string): Promise<string[]> {
  const { hosts } = await openCache()
  const files = (await readdir(hosts))
    .filter((file) => file.startsWith(name))
    .map((file) => join(hosts, file))
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(name))
  const namespaces = (await execa('ip', ['netns', 'list'])).stdout
    .split('\n')
    .filter((line) => line.includes(name))
  // Groups of other hosts come and go meanwhile, of which find(1) complains.
  const looked = await execa('find', ['/sys/fs/cgroup', '-name', name], { reject: false })
  const groups = looked.stdout.split('\n').filter(Boolean)
  return [...files, ...mounts, ...namespaces, ...groups, ...(await findProcesses(name))]
}

/** Processes that are in a control group of the host or name it in their arguments. */
async function findProcesses(name: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const text = `${await readProcFile(pid, 'cmdline')} ${await readProcFile(pid, 'cgroup')}`
    // A zombie is not a process any more: its parent is about to read how it ended.
    if (text.includes(name) && readStat(Number(pid))?.state !== 'Z') found.push(`process ${pid}: ${text}`)
  }
  return found
}

/** Empty when the process ended meanwhile. */
async function readProcFile(pid: string, file: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return ''
    throw error
  }
}

/** When the host's PID 1 started (clock ticks), to see that a reboot was one. */
export async function readInitStart(host: TestHost): Promise<string> {
  return (await host.run(['cut', '--delimiter= ', '--fields=22', '/proc/1/stat'])).stdout
}
