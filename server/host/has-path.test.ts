import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasPath } from './has-path.ts'

test('a path is there when something is, and a link when it leads somewhere', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'razroom-panel-path-'))
  try {
    await symlink(directory, join(directory, 'link'))
    await symlink(join(directory, 'none'), join(directory, 'broken'))
    const found = await Promise.all(
      ['', 'link', 'broken', 'none'].map((name) => hasPath(join(directory, name))),
    )
    expect(found).toEqual([true, true, false, false])
  } finally {
    await rm(directory, { recursive: true })
  }
})
