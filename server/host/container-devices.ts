import { chmod, stat } from 'node:fs/promises'

/**
 * Device nodes every user may open where udev runs (50-udev-default.rules: tun and fuse with mode 0666). Without udev
 * they stay as the kernel makes them, 0600, and then no rootless container has a network.
 */
const DEVICES = ['/dev/net/tun', '/dev/fuse'] as const
const OPEN_MODE = 0o666

async function readMode(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Opens the devices that rootless containers need to their users; the paths that it changed. */
export async function openContainerDevices(): Promise<string[]> {
  const opened: string[] = []
  for (const path of DEVICES) {
    const mode = await readMode(path)
    if (mode === null || (mode & OPEN_MODE) === OPEN_MODE) continue
    await chmod(path, OPEN_MODE)
    opened.push(path)
  }
  return opened
}
