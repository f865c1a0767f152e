import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { execa } from 'execa'
import { inCgroup } from './cgroup.ts'
import type { HostPaths } from './host-record.ts'

/**
 * The network between a host and the mirrors. Not slirp4netns's usual 10.0.2.0/24: rootless podman inside the
 * host uses that one for its containers. Its resolver answers at .3 of it, see slirp4netns(1).
 */
const MIRRORS_CIDR = '10.91.0.0/24'
const MIRRORS_RESOLVER = '10.91.0.3'

/** Makes the host's network namespace with loopback up. */
export async function createNetwork(name: string): Promise<void> {
  await execa('ip', ['netns', 'add', name])
  await execa('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
}

/**
 * Lets the namespace reach what the outer machine reaches, by slirp4netns: it opens ordinary sockets outside, so
 * that neither forwarding nor a rule on the outer machine is needed, and its loopback stays out of reach.
 * slirp4netns ends with the host's control group.
 * @throws when it does not come up, with what it printed
 */
export async function attachMirrors(paths: HostPaths, cgroup: string): Promise<void> {
  const log = await open(paths.networkLog, 'a')
  const argv = inCgroup(cgroup, [
    ...['slirp4netns', '--configure', '--mtu=65520', '--disable-host-loopback', `--cidr=${MIRRORS_CIDR}`],
    ...['--ready-fd=3', '--netns-type=path', paths.netnsPath, 'tap0'],
  ])
  const [program = '', ...args] = argv
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd, 'pipe'] })
  const ended = once(child, 'exit').then(() => false)
  const ready = child.stdio[3]
  if (!(ready instanceof Readable)) throw new Error('slirp4netns was started without its pipe')
  // It writes one byte when the namespace has its network.
  const came = await Promise.race([once(ready, 'data').then(() => true), ended])
  await log.close()
  if (!came) throw new Error(`slirp4netns ended at once:\n${await readFile(paths.networkLog, 'utf8')}`)
  ready.destroy()
  child.unref()
}

/** What the host's /etc/resolv.conf says in each mode. An isolated one has no resolver to ask. */
export function resolvConf(reachesMirrors: boolean): string {
  return reachesMirrors ? `nameserver ${MIRRORS_RESOLVER}\n` : ''
}

/** Removes the namespace; one that is not there is fine. */
export async function removeNetwork(name: string): Promise<void> {
  const result = await execa('ip', ['netns', 'delete', name], { reject: false })
  if (result.exitCode === 0 || /No such file or directory/.test(result.stderr)) return
  throw new Error(`the network namespace ${name} could not be removed: ${result.stderr}`)
}
