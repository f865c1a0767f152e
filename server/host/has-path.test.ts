import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasPath } from './has-path.ts'

test('what is no directory is nothing with a slash behind it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'razroom-panel-path-'))
  try {
    await writeFile(join(directory, 'file'), '')
    expect(await hasPath(join(directory, 'file'))).toBe(true)
    expect(await hasPath(`${join(directory, 'file')}/`)).toBe(false)
    expect(await hasPath(`${directory}/`)).toBe(true)
  } finally {
    await rm(directory, { recursive: true })
  }
})

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
