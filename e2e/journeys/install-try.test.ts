import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../host/wait-until.ts'

const INSTALLER = join(import.meta.dirname, '../../install.sh')
/** It fetches a whole Debian, without the cache of the other journeys. */
const TIMEOUT_MS = 1_500_000
const isFull = process.env.RAZROOM_TEST_FULL === '1'

let directory = ''
beforeAll(async () => {
  // Not /tmp: it may be a tmpfs, or mounted without devices.
  directory = await mkdtemp('/var/tmp/razroom-panel-e2e-try-')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function statusOf(url: string, ...curl: string[]): Promise<string> {
  const argv = ['--silent', '--noproxy', '*', '--output', '/dev/null', '--write-out', '%{http_code}', ...curl]
  return (await execa('curl', [...argv, url], { reject: false })).stdout
}

test.runIf(isFull)(
  '--try serves panel and gateway from a disposable Debian on loopback, and Ctrl-C removes all of it',
  async () => {
    const installer = execa(INSTALLER, ['--try'], {
      all: true,
      detached: true,
      env: { TMPDIR: directory },
      reject: false,
      stdin: 'ignore',
    })
    let said = ''
    installer.all.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    let hasEnded = false
    void installer.then(() => {
      hasEnded = true
    })
    await waitUntil('both links are printed', TIMEOUT_MS - 120_000, async () => {
      if (hasEnded) throw new Error(`it ended:\n${said}`)
      return said.includes('Ctrl-C')
    })
    const [, gateway = '', token = ''] = /(http:\/\/127\.0\.0\.1:\d+\/)#token=(\w+)/.exec(said) ?? []
    const [, panel = ''] = /(http:\/\/127\.0\.0\.1:\d+\/)#code=/.exec(said) ?? []
    const body = ['--json', '{"tool":"sessions_list","args":{}}']
    const authorized = ['--header', `Authorization: Bearer ${token}`, ...body]
    expect(await statusOf(`${gateway}tools/invoke`, ...authorized)).toBe('200')
    expect(await statusOf(`${gateway}tools/invoke`, ...body)).toBe('401')
    expect(await statusOf(`${panel}healthz`)).toBe('200')
    // As a terminal does it: to the whole group.
    process.kill(-(installer.pid ?? 0), 'SIGINT')
    expect((await installer).exitCode).toBe(130)
    expect(await readdir(directory)).toEqual([])
    expect(await statusOf(`${panel}healthz`)).toBe('000')
    expect((await execa('findmnt', ['--noheadings', '--list', '--output', 'TARGET'])).stdout).not.toContain(
      directory,
    )
  },
  TIMEOUT_MS,
)
