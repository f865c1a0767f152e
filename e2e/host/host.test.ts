import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCgroupMounts } from './cgroup.ts'
import { createHost, type TestHost } from './host.ts'
import { AS_RAZROOM, addImageContext, addRazroom, findRemains, readInitStart } from './host-test-kit.ts'
import { waitUntil } from './wait-until.ts'

const RUN_ID = ['run', '--rm', '--network=none', '--userns=keep-id', '--init', 'tiny', 'id', '-un']
/** Whether this machine has v1 controllers beside a v2 tree: the host without systemd shows its groups. */
const isHybrid = (await findCgroupMounts()).named !== undefined

describe.each([
  { kind: 'debian-13', podman: '5.4.2', id: 'trixie' },
  { kind: 'debian-12', podman: '4.3.1', id: 'bookworm' },
] as const)('a host of kind $kind', ({ kind, podman, id }) => {
  let host: TestHost
  beforeAll(async () => {
    host = await createHost({ kind })
  })
  afterAll(() => host.destroy())

  it('runs systemd with every unit well, on that release', async () => {
    expect((await host.run(['systemctl', 'list-units', '--failed', '--plain', '--no-legend'])).stdout).toBe(
      '',
    )
    expect((await host.run(['systemctl', 'is-system-running'])).stdout).toBe('running')
    expect((await host.run(['cat', '/proc/1/comm'])).stdout).toBe('systemd')
    expect((await host.run(['cat', '/etc/os-release'])).stdout).toContain(`VERSION_CODENAME=${id}`)
    expect((await host.run(['podman', '--version'])).stdout).toBe(`podman version ${podman}`)
  })

  it('has two ordinary users, one of whom may use sudo', async () => {
    expect((await host.run(['sudo', '-n', 'id', '-u'], { user: 'alice' })).stdout).toBe('0')
    const refused = await host.run(['sudo', '-n', 'id', '-u'], { user: 'mallory', reject: false })
    expect(refused.exitCode).not.toBe(0)
    expect((await host.run(['id', '-un'], { user: 'nobody' })).stdout).toBe('nobody')
  })

  it('runs rootless containers of a user who cannot log in, through its user manager', async () => {
    await addRazroom(host)
    const context = await addImageContext(host)
    await host.run([...AS_RAZROOM, 'podman', 'build', '--quiet', '--tag', 'tiny', context])
    const who = [...AS_RAZROOM, 'podman', 'run', '--rm', '--init', '--userns=keep-id', 'tiny', 'id', '-un']
    expect((await host.run(who)).stdout).toBe('razroom')
  })

  it('serves a published port to programs and to a browser of the outer machine', async () => {
    const start = ['run', '--detach', '--init', '--publish', '127.0.0.1:18789:80', '--name', 'web', 'tiny']
    const serve = ['httpd', '-f', '-p', '80', '-h', '/bin']
    await host.run([...AS_RAZROOM, '-p', 'KillMode=process', 'podman', ...start, ...serve])
    const url = 'http://127.0.0.1:18789/nothing-here'
    const status = ['curl', '--silent', '--output', '/dev/null', '--write-out', '%{http_code}', url]
    // Until the program in the container listens, what carries the port ends each connection.
    await waitUntil('the port is served', 60_000, async () => {
      return (await host.outside(status, { reject: false })).stdout === '404'
    })
    const browser = await chromium.launch({ executablePath: await host.chromiumPath(), timeout: 120_000 })
    try {
      const page = await browser.newPage()
      expect((await page.goto(url))?.status()).toBe(404)
    } finally {
      await browser.close()
    }
  })

  it('comes back from a reboot with its files, without what was in memory', async () => {
    await host.copyIn(import.meta.filename, '/home/alice/kept/test.ts', 'alice')
    await host.copyIn(import.meta.filename, '/run/lost')
    const before = await readInitStart(host)
    await host.reboot()
    expect(await readInitStart(host)).not.toBe(before)
    expect((await host.run(['stat', '--format=%U', '/home/alice/kept/test.ts'])).stdout).toBe('alice')
    expect((await host.run(['test', '-e', '/run/lost'], { reject: false })).exitCode).toBe(1)
    expect((await host.run(['systemctl', 'is-system-running'])).stdout).toBe('running')
  })
})

describe('a host of kind debian-12-no-systemd', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-12-no-systemd' })
  })
  afterAll(() => host.destroy())

  it('has an init that is not systemd, collects orphans, and sees the control groups of the outer machine', async () => {
    expect((await host.run(['cat', '/proc/1/comm'])).stdout).toBe('bash')
    await host.run(['sh', '-c', '(sh -c "exec true" &)'])
    await waitUntil('every orphan is collected', 20_000, async () => {
      return !/^Z/m.test((await host.run(['ps', '-e', '-o', 'stat='])).stdout)
    })
    const mounts = (await host.run(['findmnt', '--noheadings', '--output', 'FSTYPE', '-R', '/sys/fs/cgroup']))
      .stdout
    expect(mounts).toMatch(/\bcgroup2\b/)
  })

  it('runs rootless containers with runc', async () => {
    await addRazroom(host)
    const context = await addImageContext(host)
    await host.run(['podman', 'build', '--quiet', '--tag', 'tiny', context], { user: 'razroom' })
    const { stdout } = await host.run(['podman', '--runtime=runc', ...RUN_ID], { user: 'razroom' })
    expect(stdout).toBe('razroom')
  })

  it.runIf(isHybrid)('does not run them with crun, on hybrid control groups', async () => {
    const run = ['podman', '--runtime=crun', ...RUN_ID]
    const { stderr } = await host.run(run, { user: 'razroom', reject: false })
    expect(stderr).toContain('cgroups in hybrid mode not supported')
  })

  it('leaves /dev/net/tun to root as the kernel does, which a container network needs opened', async () => {
    const run = ['podman', '--runtime=runc', 'run', '--rm', 'tiny', 'true']
    const closed = await host.run(run, { user: 'razroom', reject: false })
    expect(closed.stderr).toContain('/dev/net/tun')
    await host.run(['chmod', '0666', '/dev/net/tun'])
    await host.run(run, { user: 'razroom' })
  })

  it('comes back from a reboot with its files', async () => {
    const before = await readInitStart(host)
    await host.reboot()
    expect(await readInitStart(host)).not.toBe(before)
    await host.run(['test', '-d', '/home/razroom/image'])
  })
})

describe('programs in a host', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13', base: 'bare', network: 'mirrors' })
  })
  afterAll(() => host.destroy())

  it('start from a machine without podman, node and npm', async () => {
    for (const program of ['podman', 'node', 'npm', 'sudo', 'curl']) {
      await expect(access(join(host.root, 'usr/bin', program))).rejects.toThrow('ENOENT')
    }
  })

  it('reach the package mirrors, and not the loopback of the outer machine', async () => {
    await host.run(['apt-get', 'update', '--quiet'])
    await host.run(['apt-get', 'install', '--quiet', '--yes', '--no-install-recommends', 'curl'])
    const ours = createServer((_request, response) => response.end('ours')).listen(0, '127.0.0.1')
    await once(ours, 'listening')
    const { port } = ours.address() as AddressInfo
    try {
      // slirp4netns would lead there by this address, see slirp4netns(1) on --disable-host-loopback.
      const curl = ['curl', '--silent', '--max-time', '5', `http://10.91.0.2:${port}/`]
      expect((await host.run(curl, { reject: false })).exitCode).toBe(7)
    } finally {
      ours.close()
    }
  })

  it('say how they failed', async () => {
    await expect(host.run(['sh', '-c', 'echo why >&2; exit 3'])).rejects.toThrow(/exit code 3[\s\S]*why/)
    expect((await host.run(['sh', '-c', 'exit 3'], { reject: false })).exitCode).toBe(3)
    await expect(host.run(['true'], { user: 'eve' })).rejects.toThrow("the host has no user 'eve'")
  })

  it('are killed with all they started when they take too long', async () => {
    const slow = host.run(['sh', '-c', 'sleep 4242 & sleep 4242'], { timeoutMs: 300 })
    await expect(slow).rejects.toThrow('took more than 300 ms')
    expect((await host.run(['pgrep', '--count', 'sleep'], { reject: false })).stdout).toBe('0')
  })

  it('get input, environment and a directory, and nothing of ours', async () => {
    const options = { user: 'mallory', input: 'typed', env: { COLOUR: 'red' }, cwd: '/usr' }
    const { stdout } = await host.run(['sh', '-c', 'cat; echo; pwd; id -un; env'], options)
    expect(stdout.split('\n').slice(0, 3)).toEqual(['typed', '/usr', 'mallory'])
    expect(stdout).toContain('COLOUR=red')
    expect(stdout).toContain('HOME=/home/mallory')
    expect(stdout).not.toContain('VITEST')
  })

  it('run on beside the test, until they are told to stop', async () => {
    const program = await host.spawn([
      'sh',
      '-c',
      'trap "echo stopping; exit 0" TERM; echo ready; while :; do sleep 0.1; done',
    ])
    const output: string[] = []
    const ended = new Promise<void>((resolve) => program.once('close', () => resolve()))
    await new Promise<void>((resolve) => {
      program.stdout.on('data', (chunk: Buffer) => {
        output.push(chunk.toString())
        resolve()
      })
    })
    program.kill()
    await ended
    expect(output.join('')).toBe('ready\nstopping\n')
  })
})

describe('the end of a host', () => {
  it('leaves nothing behind', async () => {
    const host = await createHost({ kind: 'debian-13', network: 'mirrors' })
    await host.spawn(['sleep', 'infinity'])
    expect((await findRemains(host.name)).length).toBeGreaterThan(4)
    await host.destroy()
    expect(await findRemains(host.name)).toEqual([])
    await host.destroy()
  })
})
