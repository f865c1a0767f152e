import { join } from 'node:path'
import { execa } from 'execa'
import { openCache } from './cache-paths.ts'

/**
 * Does `work` while holding a lock that excludes every other process and call using the same name. It is a
 * flock(1) held by a child whose input is ours: if we die, even by SIGKILL, the kernel releases it.
 * @param name a file name
 */
export async function withCacheLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const cache = await openCache()
  const holder = execa('flock', ['--exclusive', join(cache.locks, name), 'sh', '-c', 'echo held; exec cat'], {
    reject: false,
    buffer: false,
  })
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve())
      holder.then((result) => reject(new Error(`could not take the lock ${name}`, { cause: result })), reject)
    })
    return await work()
  } finally {
    holder.stdin.end()
    await holder
  }
}
