import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { withCacheLock } from './cache-lock.ts'
import { createHost, sweepStaleHosts } from './host.ts'
import { findRemains } from './host-test-kit.ts'

/** Another test process, which makes a host, says its name, and then waits to be ended. */
const OTHER_RUN = `
const { createHost } = await import(${JSON.stringify(new URL('./host.ts', import.meta.url).href)})
const host = await createHost({ kind: 'debian-12-no-systemd', network: 'mirrors' })
console.log(host.name)
setInterval(() => {}, 1000)
`

async function startOtherRun(): Promise<{ child: ChildProcess; name: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', OTHER_RUN], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the other run ended with ${code}`))),
  ])
  return { child, name: String(chunk).trim() }
}

describe('what a test run leaves', () => {
  it('is nothing when it is told to end', async () => {
    const { child, name } = await startOtherRun()
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).toBe(143)
    expect(await findRemains(name)).toEqual([])
  })

  it('is swept when it was killed, and only then', async () => {
    const own = await createHost({ kind: 'debian-12-no-systemd' })
    const { child, name } = await startOtherRun()
    expect(await sweepStaleHosts()).not.toContain(name)
    // Each test run sweeps when it begins, and one may begin now: not before we have looked, and then whoever comes first.
    await withCacheLock('sweep', async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect((await findRemains(name)).length).toBeGreaterThan(4)
    })
    await sweepStaleHosts()
    expect(await findRemains(name)).toEqual([])
    await own.run(['true'])
    await own.destroy()
  })
})
