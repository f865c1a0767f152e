import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { expect, test, vi } from 'vitest'
import { createExamination, parseMemory, parseOddFiles } from './examination.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'

test('memory is read in bytes; what is not told counts as none', () => {
  const text = 'MemTotal:        2048 kB\nMemFree:  12 kB\nMemAvailable:    1024 kB\nSwapFree:  512 kB\n'
  expect(parseMemory(text)).toEqual({ availableBytes: 1_048_576, swapFreeBytes: 524_288 })
  expect(parseMemory('MemTotal: 5 kB\n')).toEqual({ availableBytes: 0, swapFreeBytes: 0 })
})

test('odd files keep their names, whatever is in them', () => {
  const text = 'f 0 644 /home/r/.razroom/.env\0d 900 755 /home/r/a b\nc\0s 900 777 /home/r/sock\0'
  expect(parseOddFiles(text)).toEqual([
    { path: '/home/r/.razroom/.env', kind: 'file', uid: 0, mode: 0o644 },
    { path: '/home/r/a b\nc', kind: 'directory', uid: 900, mode: 0o755 },
    { path: '/home/r/sock', kind: 'other', uid: 900, mode: 0o777 },
  ])
  expect(parseOddFiles('')).toEqual([])
})

test('what others may use, and what its own user may not, is found among the paths that are asked for', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'razroom-panel-odd-'))
  try {
    const modes = { open: 0o640, locked: 0o200, fine: 0o600, unasked: 0o644 }
    for (const [name, mode] of Object.entries(modes)) {
      await writeFile(join(directory, name), '')
      await chmod(join(directory, name), mode)
    }
    await mkdir(join(directory, 'folder'), { mode: 0o600 })
    const runAsUser = (async (_user: unknown, argv: readonly [string, ...string[]]) =>
      execa(argv[0], argv.slice(1))) as unknown as RunAsUser
    const closed = ['open', 'locked', 'fine', 'folder', '.'].map((name) => join(directory, name))
    const user = { uid: process.getuid?.() ?? 0 } as UserAccount
    const { findOddFiles } = createExamination(vi.fn(), runAsUser)
    const odd = await findOddFiles(user, { directory, depth: 2, closed })
    expect(odd.map(({ path, mode }) => [basename(path), mode]).toSorted()).toEqual([
      ['folder', 0o600],
      ['locked', 0o200],
      ['open', 0o640],
    ])
  } finally {
    await rm(directory, { recursive: true })
  }
})
