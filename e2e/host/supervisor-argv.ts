import { join } from 'node:path'
import type { HostPaths, HostRecord } from './host-record.ts'

/** A directory of the outer machine that the host sees. */
export interface Bind {
  readonly from: string
  readonly to: string
}

/** The program that keeps a host's namespaces, with its environment. */
export interface SupervisorCommand {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * Boots a real systemd in the tree, without machined or D-Bus outside. Measured in
 * docs/facts/podman-and-systemd.md: the unified hierarchy and a writable /proc/sys/net are what crun asks for,
 * the added system calls what rootless podman does. Device nodes are our own, with the modes udev gives them on
 * a real machine, whatever those outside have.
 */
export function systemdCommand(
  record: HostRecord,
  paths: HostPaths,
  binds: readonly Bind[],
): SupervisorCommand {
  return {
    argv: [
      ...['systemd-nspawn', '--boot', '--register=no', '--keep-unit', '--capability=all'],
      ...[
        `--directory=${paths.tree}`,
        `--machine=${record.name}`,
        `--network-namespace-path=${paths.netnsPath}`,
      ],
      ...['--resolv-conf=off', '--timezone=off', '--link-journal=no', '--console=read-only'],
      '--system-call-filter=@keyring bpf add_key keyctl',
      `--bind=${join(paths.devices, 'fuse')}:/dev/fuse`,
      `--bind=${join(paths.devices, 'tun')}:/dev/net/tun`,
      ...binds.map(({ from, to }) => `--bind=${from}:${to}`),
    ],
    env: { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1', SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
  }
}

/**
 * Run by bash as PID 1 of new namespaces; arguments: tree, folder of device nodes, name, then pairs of binds.
 * It ends in an init that does nothing but reap: bash collects every child that is handed to it while it waits.
 * pivot_root and not chroot, for a process in a chroot may make no user namespace (user_namespaces(7)).
 */
const PLAIN_INIT = `
set -eu
tree=$1 devices=$2 name=$3
shift 3
mount -t proc proc "$tree/proc"
mount -t sysfs sysfs "$tree/sys"
mount --rbind /sys/fs/cgroup "$tree/sys/fs/cgroup"
mount -t tmpfs -o mode=0755,nosuid tmpfs "$tree/dev"
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$tree/run"
mkdir -m 1777 "$tree/run/lock"
cd "$tree/dev"
umask 0
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r file major minor <<< "$node"
  mknod -m 0666 "$file" c "$major" "$minor"
done
mkdir -m 0755 pts net
mkdir -m 1777 shm mqueue
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs shm
mount -t mqueue mqueue mqueue
ln -s pts/ptmx ptmx
ln -s /proc/self/fd fd
ln -s /proc/self/fd/0 stdin
ln -s /proc/self/fd/1 stdout
ln -s /proc/self/fd/2 stderr
cp --archive "$devices/fuse" fuse
cp --archive "$devices/tun" net/tun
umask 022
while [ "$#" -gt 0 ]; do
  mkdir -p "$tree$2"
  mount --bind "$1" "$tree$2"
  shift 2
done
hostname "$name"
cd "$tree"
pivot_root . .
umount --lazy .
cd /
: > /run/booted
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
  bash -c 'trap : TERM INT; while true; do sleep infinity & wait; done'
`

/**
 * Runs the tree in namespaces of its own under an init that is not systemd, with the outer machine's control
 * groups in view: where those are hybrid, as on many build machines, crun refuses and runc works.
 */
export function plainCommand(
  record: HostRecord,
  paths: HostPaths,
  binds: readonly Bind[],
): SupervisorCommand {
  return {
    argv: [
      ...[
        'nsenter',
        `--net=${paths.netnsPath}`,
        '--',
        'unshare',
        '--mount',
        '--uts',
        '--ipc',
        '--pid',
        '--fork',
      ],
      ...['--kill-child', '--', 'bash', '-c', PLAIN_INIT, 'init', paths.tree, paths.devices, record.name],
      ...binds.flatMap(({ from, to }) => [from, to]),
    ],
    env: {},
  }
}
