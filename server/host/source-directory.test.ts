import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCommandRunner } from './run-command.ts'
import { excludesOf, findReader, openSource } from './source-directory.ts'

const NOBODY = 65534
const { run } = createCommandRunner((text) => text)

describe('excludesOf', () => {
  it.each([
    ['', ['./.git']],
    ['dist\nnode_modules\n', ['./.git', './node_modules']],
    ['**/node_modules/', ['./.git', './node_modules']],
    ['node_modules\n!node_modules/keep', ['./.git']],
    ['packages/node_modules', ['./.git']],
  ])('of %j', (text, expected) => {
    expect(excludesOf(text)).toEqual(expected)
  })
})

/** What is whose can only be set by root. */
describe.runIf(process.getuid?.() === 0)('openSource', () => {
  let top: string
  const open = (path: string) => openSource(run, { kind: 'repo', path }, '/nowhere')
  const make = async (path: string, uid = 0): Promise<string> => {
    const full = join(top, path)
    await mkdir(full, { recursive: true })
    await chown(full, uid, uid)
    await writeFile(join(full, 'Dockerfile'), 'FROM scratch\n')
    return full
  }
  beforeEach(async () => {
    // Sticky and root's, as /tmp: what root puts there stays what it is.
    top = await mkdtemp('/var/tmp/source-directory-')
    await chmod(top, 0o755)
  })
  afterEach(() => rm(top, { recursive: true }))

  it('is read by root where only root’s directories lead there', async () => {
    const path = await make('checkout')
    expect(await open(path)).toEqual({ path, reader: null, parts: ['.'], excludes: ['./.git'] })
  })

  it('is read by the first other owner on the way, who could swap it', async () => {
    await make('alice', NOBODY)
    const path = await make('alice/checkout')
    expect((await open(path)).reader).toEqual({ uid: NOBODY, gid: NOBODY })
    await chmod(top, 0o700)
    await expect(open(path)).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' })
  })

  it('looks where a link of root’s leads', async () => {
    await make('alice', NOBODY)
    await symlink(join(top, 'alice'), join(top, 'link'))
    expect(await findReader(join(top, 'link'))).toEqual({ uid: NOBODY, gid: NOBODY })
  })

  it('refuses a place where anybody could swap it', async () => {
    const path = await make('open/checkout')
    await chmod(join(top, 'open'), 0o777)
    await expect(open(path)).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' })
    await chmod(join(top, 'open'), 0o1777)
    expect((await open(path)).reader).toBeNull()
  })

  it('refuses a place where a group other than root’s could swap it', async () => {
    const path = await make('shared/checkout')
    await chown(join(top, 'shared'), 0, NOBODY)
    await chmod(join(top, 'shared'), 0o775)
    await expect(open(path)).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
      detail: expect.stringContaining(`every member of group ${NOBODY} may write in ${join(top, 'shared')}`),
    })
    await chmod(join(top, 'shared'), 0o1775)
    expect((await open(path)).reader).toBeNull()
    await chown(join(top, 'shared'), 0, 0)
    await chmod(join(top, 'shared'), 0o775)
    expect((await open(path)).reader).toBeNull()
  })

  it('says where a link of root’s does not lead, and what is below a file', async () => {
    await symlink('none', join(top, 'dangling'))
    await symlink('circle', join(top, 'circle'))
    await symlink('/etc/passwd/x', join(top, 'below'))
    for (const [path, why] of [
      [join(top, 'dangling', 'x'), `${join(top, 'dangling')} is a link that leads to nothing`],
      [join(top, 'circle'), 'leads in a circle'],
      [join(top, 'below'), 'leads below something that is not a directory'],
      ['/etc/passwd/x', '/etc/passwd is not a directory'],
    ] as const) {
      await expect(findReader(path)).rejects.toMatchObject({
        code: 'REPO_NOT_FOUND',
        detail: expect.stringContaining(why),
      })
    }
  })

  it('says what is missing', async () => {
    const path = await make('checkout')
    await rm(join(path, 'Dockerfile'))
    await expect(open(path)).rejects.toMatchObject({ code: 'DOCKERFILE_MISSING' })
    await mkdir(join(path, 'Dockerfile'))
    await expect(open(path)).rejects.toMatchObject({ code: 'DOCKERFILE_MISSING' })
    await rm(join(path, 'Dockerfile'), { recursive: true })
    await symlink('/etc/passwd', join(path, 'Dockerfile'))
    await expect(open(path)).rejects.toMatchObject({ code: 'DOCKERFILE_MISSING' })
    await writeFile(join(path, 'Containerfile'), 'FROM scratch\n')
    expect((await open(path)).path).toBe(path)
    for (const wrong of [join(path, 'none'), join(path, 'Containerfile'), 'relative', '/a/../b', '']) {
      await expect(open(wrong)).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' })
    }
    const bundled = openSource(run, { kind: 'bundled' }, path)
    await expect(bundled).rejects.toMatchObject({ code: 'BUNDLED_IMAGE_MISSING' })
  })
})
