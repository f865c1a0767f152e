import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const CHECKOUT = join(import.meta.dirname, '../..')
const SCRIPTS = ['setup-podman.sh', 'scripts/run-razroom-podman.sh', 'scripts/razroom-panel-as-root.sh']
/** Stands for a program: tells its name and its arguments, one a line. */
const teller = (name: string) => `#!/bin/sh\nprintf '%s\\n' '${name}' "$@"\n`

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'razroom scripts-'))
  for (const directory of ['scripts', 'fake']) await mkdir(join(root, directory))
  for (const script of SCRIPTS) {
    await copyFile(join(CHECKOUT, script), join(root, script))
    await chmod(join(root, script), 0o755)
  }
  // A file that a script which sources it would run.
  await writeFile(join(root, '.env'), 'echo SOURCED\nRAZROOM_PODMAN_USER=from-env-file\n')
  for (const program of ['bash', 'readlink', 'dirname', 'cat', 'env'])
    await symlink(`/usr/bin/${program}`, join(root, 'fake', program))
})
afterEach(() => rm(root, { recursive: true }))

async function place(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), text, { mode: 0o755 })
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
}

/** Runs a script with the fake programs only. Bash sets EUID itself, so that another uid needs another user. */
function run(script: string, args: string[], { env = {}, uid = 0 }: RunOptions = {}) {
  const options = { cwd: root, env: { PATH: join(root, 'fake'), ...env }, uid, gid: uid }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile('/usr/bin/bash', [join(root, script), ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

const isRoot = process.getuid?.() === 0

test.runIf(isRoot).each([
  ['setup-podman.sh', [], ['setup']],
  ['setup-podman.sh', ['--quadlet'], ['setup', '--quadlet']],
  ['setup-podman.sh', ['--quadlet', '--container'], ['setup', '--container']],
  ['scripts/run-razroom-podman.sh', ['launch'], ['launch']],
  ['scripts/run-razroom-podman.sh', ['launch', 'setup'], ['launch', 'setup']],
])('%s %j as root is razroom-panel %j', async (script, args, expected) => {
  await place('fake/razroom-panel', teller('installed'))
  const { code, stdout, stderr } = await run(script, args)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.trimEnd().split('\n')).toEqual(['installed', ...expected])
})

test.runIf(isRoot)('as another user it goes through sudo, with its own variables and no others', async () => {
  await chmod(root, 0o755)
  await place('fake/razroom-panel', teller('installed'))
  await place('fake/sudo', teller('sudo'))
  const env = {
    RAZROOM_PODMAN_GATEWAY_HOST_PORT: '28789',
    RAZROOM_REPO_PATH: '/src/my razroom',
    RAZROOM_PODMAN_IMAGE: '',
    RAZROOM_GATEWAY_TOKEN: 'canary',
  }
  const { code, stdout } = await run('setup-podman.sh', ['--container'], { env, uid: 65534 })
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n')).toEqual([
    'sudo',
    '--',
    'env',
    'RAZROOM_PODMAN_GATEWAY_HOST_PORT=28789',
    'RAZROOM_REPO_PATH=/src/my razroom',
    join(root, 'fake/razroom-panel'),
    'setup',
    '--container',
  ])
})

test.runIf(isRoot)('without sudo another user is told so', async () => {
  await chmod(root, 0o755)
  await place('fake/razroom-panel', teller('installed'))
  const { code, stderr } = await run('setup-podman.sh', [], { uid: 65534 })
  expect(code).toBe(1)
  expect(stderr).toContain('there is no sudo: run it as root')
})

test.runIf(isRoot)(
  'a built checkout serves where nothing is installed; else the installer is named',
  async () => {
    const before = await run('setup-podman.sh', [])
    expect(before.code).toBe(1)
    expect(before.stderr).toContain(`Install it: sudo ${root}/install.sh`)
    await place('bin/razroom-panel', teller('checkout'))
    await place('dist/server/main.js', '')
    expect((await run('setup-podman.sh', [])).stdout).toBe('checkout\nsetup\n')
  },
)

test.each([
  ['setup-podman.sh', ['--quadlte'], 'unknown argument: --quadlte'],
  ['scripts/run-razroom-podman.sh', [], 'Usage:'],
  ['scripts/run-razroom-podman.sh', ['launch', 'now'], 'Usage:'],
])('%s %j is refused with its usage', async (script, args, says) => {
  const { code, stdout, stderr } = await run(script, args, { uid: process.getuid?.() ?? 0 })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
  expect(stderr).toContain('Usage:')
})

test.each([['setup-podman.sh'], ['scripts/run-razroom-podman.sh']])(
  '%s --help is its usage',
  async (script) => {
    const { code, stdout } = await run(script, ['--help'], { uid: process.getuid?.() ?? 0 })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: \.\//)
  },
)
