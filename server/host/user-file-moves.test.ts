import { execFileSync } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UserAccount } from './host.ts'
import { createRunAsUser } from './run-as-user.ts'
import { createCommandRunner } from './run-command.ts'
import { createUserFileMoves } from './user-file-moves.ts'

const NOBODY = 65534
const user: UserAccount = {
  name: 'nobody',
  uid: NOBODY,
  gid: NOBODY,
  home: '/nonexistent',
  shell: '/bin/false',
}
const moves = createUserFileMoves(createRunAsUser(createCommandRunner((text) => text).run))

/** Dropping to another user takes root. */
describe.runIf(process.getuid?.() === 0)('emptyUserDirectory', () => {
  let place: string
  let cache: string

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'razroom-panel-moves-'))
    cache = join(place, 'cache')
    await mkdir(join(cache, 'deep', 'er'), { recursive: true })
    await writeFile(join(cache, 'deep', 'er', '-rf'), 'x')
    await writeFile(join(cache, '.mark'), 'x')
    await mkdir(join(place, 'other'))
    await writeFile(join(place, 'other', 'kept'), 'x')
    execFileSync('chown', ['--recursive', `${NOBODY}:${NOBODY}`, place])
  })
  afterEach(() => rm(place, { recursive: true, force: true }))

  it('removes all that is in it, and not what a link leads to', async () => {
    await symlink(join(place, 'other'), join(cache, 'link'))
    expect(await moves.emptyUserDirectory(user, cache)).toBe(true)
    expect(await readdir(cache)).toEqual([])
    expect(await readdir(join(place, 'other'))).toEqual(['kept'])
    expect(await moves.emptyUserDirectory(user, cache)).toBe(false)
  })

  it('removes nothing where a link stands in its place, or nothing does', async () => {
    const link = join(place, 'link')
    await symlink(join(place, 'other'), link)
    expect(await moves.emptyUserDirectory(user, link)).toBe(false)
    expect(await readdir(join(place, 'other'))).toEqual(['kept'])
    expect(await moves.emptyUserDirectory(user, join(place, 'nothing'))).toBe(false)
  })

  it('fails at what is not the user’s to remove', async () => {
    await chown(join(cache, 'deep', 'er'), 0, 0)
    await expect(moves.emptyUserDirectory(user, cache)).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  })
})
