import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const living = new Set<string>()
let installed = false

/** From now on the host is taken down when this process exits or is told to. */
export function guardHost(name: string): void {
  living.add(name)
  if (installed) return
  installed = true
  process.on('exit', takeDownAll)
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number))
  }
}

/** The host is gone or kept: nothing to do at exit. */
export function releaseHost(name: string): void {
  living.delete(name)
}

/** At exit nothing asynchronous happens any more: another process does it, by the one way there is. */
function takeDownAll(): void {
  if (living.size === 0) return
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  spawnSync(process.execPath, [main, 'down', ...living], { stdio: ['ignore', 'ignore', 'inherit'] })
}
