import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runUninstaller } from './run-uninstaller.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'run-uninstaller-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function makeRelease(script: string): Promise<void> {
  await writeFile(join(root, 'node'), '', { mode: 0o755 })
  await writeFile(join(root, 'install.sh'), `#!/bin/bash\n${script}\n`, { mode: 0o755 })
}

async function run(...options: string[]): Promise<string[]> {
  const lines: string[] = []
  await runUninstaller(root, options, (line) => lines.push(line))
  return lines
}

test('it runs the installer of the release, which may remove the release', async () => {
  await makeRelease(`rm -rf -- '${root}'; printf '%s\\n' "$@"; echo >&2 'a warning'`)
  expect(await run('--purge', '--confirm', 'razroom')).toEqual([
    '--uninstall',
    '--purge',
    '--confirm',
    'razroom',
  ])
})

test('what a failing one says is the detail', async () => {
  await makeRelease(
    `echo '==> Making a backup'; printf '\\ninstall.sh: It failed.\\n  Mend it.\\n' >&2; exit 1`,
  )
  await expect(run()).rejects.toMatchObject({
    code: 'UNINSTALL_FAILED',
    detail: 'It failed.\nMend it.',
  })
})

test('of a log that is cited with it, the last line is', async () => {
  const said = 'a warning\n\ninstall.sh: It failed.\n  | $ program\n  | one\n  | disk full\n  Mend it.\n'
  await makeRelease(`printf '%s' '${said}' >&2; exit 1`)
  await expect(run()).rejects.toMatchObject({ detail: 'It failed.\ndisk full\nMend it.' })
})

test('one without a message is cited by its last lines', async () => {
  await makeRelease('seq 1 20 >&2; exit 1')
  await expect(run()).rejects.toMatchObject({ detail: '16\n17\n18\n19\n20' })
})

test.each(['node', 'install.sh'])('without %s beside it, it is no release', async (missing) => {
  await makeRelease('exit 0')
  await rm(join(root, missing))
  await expect(run()).rejects.toMatchObject({ code: 'NOT_INSTALLED', detail: `it runs from ${root}` })
})
