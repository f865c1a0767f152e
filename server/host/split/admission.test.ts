import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultSettings } from '../../../contract/settings.ts'
import type { UserAccount } from '../host.ts'
import { createStateStore } from '../state-store.ts'
import { type Admission, createAdmission } from './admission.ts'

const NOBODY = { uid: 65_534, gid: 65_534 }
const ids: Readonly<Record<string, number>> = {
  root: 0,
  toor: 0,
  daemon: 1,
  razroom: 999,
  'razroom-panel': 998,
  alice: 1_000,
  bob: 1_001,
  nobody: 65_534,
}
const account = (name: string, uid: number): UserAccount => ({
  name,
  uid,
  gid: uid,
  home: `/home/${name}`,
  shell: '/bin/sh',
})

let top: string
let stateDir: string
let machine: Map<string, UserAccount>
const open = (): Promise<Admission> => createAdmission(stateDir, async (name) => machine.get(name) ?? null)

beforeEach(async () => {
  top = await mkdtemp('/var/tmp/admission-')
  await chmod(top, 0o755)
  stateDir = join(top, 'state')
  machine = new Map(Object.entries(ids).map(([name, uid]) => [name, account(name, uid)]))
})
afterEach(() => rm(top, { recursive: true, force: true }))

describe('accounts', () => {
  test('on a new machine the panel’s own user alone is allowed', async () => {
    const admission = await open()
    expect(await admission.findAccount('razroom')).toEqual(machine.get('razroom'))
    for (const name of ['alice', 'root', 'nobody', 'daemon', 'razroom-panel', 'nowhere']) {
      await expect(admission.findAccount(name)).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
      const code = ['root', 'nobody'].includes(name) ? 'USER_UNSUITABLE' : 'USER_NOT_ADMITTED'
      await expect(admission.requireAllowed(name)).rejects.toMatchObject({ code })
    }
    await admission.requireAllowed('razroom')
    const { mode } = await stat(join(stateDir, 'admitted.json'))
    expect(mode & 0o777).toBe(0o600)
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700)
  })

  test('root allows a person, whom every process sees at once, and takes it back', async () => {
    const [admission, other] = await Promise.all([open(), open()])
    await expect(other.findAccount('alice')).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
    await admission.addUser('alice', false)
    expect((await other.findAccount('alice')).uid).toBe(1_000)
    await admission.removeUser('alice')
    await expect(other.findAccount('alice')).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
  })

  test.each(['root', 'toor', 'nobody', 'daemon', 'razroom-panel'])('%s is never allowed', async (name) => {
    const admission = await open()
    await expect(admission.addUser(name, true)).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
    await expect(admission.findAccount(name)).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
  })

  test('an allowed name that has become root’s or nobody’s is refused', async () => {
    const admission = await open()
    await admission.addUser('alice', false)
    for (const uid of [0, 65_534]) {
      machine.set('alice', account('alice', uid))
      const again = await open()
      await expect(again.findAccount('alice')).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
    }
    machine.set('razroom', account('razroom', 0))
    await expect((await open()).findAccount('razroom')).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
    machine.delete('alice')
    await expect((await open()).findAccount('alice')).rejects.toMatchObject({ code: 'USER_MISSING' })
  })

  test('a name that nobody has is allowed only where that is meant', async () => {
    const admission = await open()
    await admission.addUser('carol', false)
    expect((await admission.readList()).users).toEqual([])
    await admission.addUser('carol', true)
    expect((await admission.readList()).users).toEqual(['carol'])
    await admission.beginMaking('carol')
    machine.set('carol', account('carol', 997))
    expect((await admission.findAccount('carol')).uid).toBe(997)
  })

  test('the panel makes users of its own name, not many, and no others', async () => {
    machine.delete('razroom')
    const admission = await open()
    for (const name of ['postgres', 'docker', 'alice', 'xrazroom', 'razroom-panel'])
      await expect(admission.beginMaking(name)).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
    await admission.beginMaking('razroom')
    await admission.beginMaking('razroom-two')
    await admission.undoMaking('razroom-two')
    expect((await admission.readList()).made).toEqual(['razroom'])
    // One that is there already was made by somebody else.
    await expect(admission.requireAllowed('razroom-panel')).rejects.toMatchObject({
      code: 'USER_NOT_ADMITTED',
    })
    for (let number = 1; number < 16; number++) await admission.beginMaking(`razroom${number}`)
    await expect(admission.beginMaking('razroom99')).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
  })

  test('an installation from before keeps its user, and its record proves nothing after that', async () => {
    const store = createStateStore(stateDir)
    const image = { kind: 'repo', path: '/root/razroom' } as const
    await store.update({
      settings: { ...defaultSettings(), user: 'alice', image },
      created: ['user:razroom', 'linger:bob'],
    })
    const admission = await open()
    expect(await admission.readList()).toEqual({
      users: ['alice'],
      made: ['razroom'],
      paths: ['/root/razroom'],
    })
    await store.update({ settings: { user: 'bob' }, created: ['user:bob'] })
    await expect(admission.findAccount('bob')).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
    await expect((await open()).findAccount('bob')).rejects.toMatchObject({ code: 'USER_NOT_ADMITTED' })
  })

  test('a list that cannot be understood allows nobody', async () => {
    await (await open()).addUser('alice', false)
    await writeFile(join(stateDir, 'admitted.json'), '{"users":["alice"]}')
    await expect(open()).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('two changes at once are both kept', async () => {
    const admission = await open()
    await Promise.all([
      admission.addUser('alice', false),
      admission.addUser('bob', false),
      admission.addPath('/a'),
    ])
    const list: unknown = JSON.parse(await readFile(join(stateDir, 'admitted.json'), 'utf8'))
    // Whose account is found first is added first.
    const users = expect.arrayContaining(['alice', 'bob'])
    expect(list).toEqual({ users, made: [], paths: ['/a'] })
  })
})

/** What is whose can only be set by root. */
describe.runIf(process.getuid?.() === 0)('paths', () => {
  const make = async (path: string, mode: number, uid = 0, isDirectory = false): Promise<string> => {
    const full = join(top, path)
    if (isDirectory) await mkdir(full)
    else await writeFile(full, 'secret')
    await chmod(full, mode)
    await chown(full, uid, uid)
    return full
  }
  const refused = { code: 'PATH_NOT_ADMITTED' }

  test('what everybody may read is read as nobody', async () => {
    const admission = await open()
    const file = await make('open', 0o644)
    expect(await admission.findReader(file)).toEqual(NOBODY)
    expect(await admission.findReader(await make('directory', 0o755, 0, true))).toEqual(NOBODY)
    expect(await admission.findReader(join(top, 'missing'))).toEqual(NOBODY)
  })

  test('what only root may read is refused, and that it exists is not told', async () => {
    const admission = await open()
    const file = await make('closed', 0o600)
    await expect(admission.findReader(file)).rejects.toMatchObject(refused)
    await expect(admission.findReader(await make('unlisted', 0o711, 0, true))).rejects.toMatchObject(refused)
    const directory = await make('private', 0o700, 0, true)
    await make('private/there', 0o644)
    const [there, missing] = await Promise.all(
      ['there', 'missing'].map((name) => admission.findReader(join(directory, name)).catch(String)),
    )
    expect(there).toBe(String(missing).replace('missing', 'there'))
    await symlink(file, join(top, 'link'))
    await expect(admission.findReader(join(top, 'link'))).rejects.toMatchObject(refused)
    await symlink(directory, join(top, 'link2'))
    await expect(admission.findReader(join(top, 'link2/there'))).rejects.toMatchObject(refused)
    for (const path of ['/etc/shadow', '/root', '/root/.ssh/id_rsa'])
      await expect(admission.findReader(path)).rejects.toMatchObject(refused)
  })

  test('what root allows is read as its owner’s', async () => {
    const admission = await open()
    const file = await make('closed', 0o600)
    await admission.addPath(file)
    expect(await admission.findReader(file)).toBe(null)
    await admission.removePath(file)
    await expect(admission.findReader(file)).rejects.toMatchObject(refused)
    await expect(admission.addPath('relative')).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  test('what lies in somebody’s home is read with the rights of nobody, unless that user is allowed', async () => {
    const admission = await open()
    const home = await make('alice', 0o700, 1_000, true)
    const file = join(home, 'image.tar')
    await writeFile(file, '')
    expect(await admission.findReader(file)).toEqual(NOBODY)
    await admission.addUser('alice', false)
    expect(await admission.findReader(file)).toEqual({ uid: 1_000, gid: 1_000 })
    // One that has become root’s has no home that counts.
    machine.set('alice', account('alice', 0))
    expect(await (await open()).findReader(file)).toEqual(NOBODY)
  })

  test('a backup is written where root or an allowed user says, and nowhere else', async () => {
    const admission = await open()
    const [home, roots] = [await make('alice', 0o700, 1_000, true), await make('roots', 0o755, 0, true)]
    const [hers, root] = [join(home, 'a.tar.gz'), join(roots, 'a.tar.gz')]
    for (const path of [hers, root, '/etc/cron.d/a.tar.gz', '/tmp/a.tar.gz'])
      await expect(admission.requireWritable(path)).rejects.toMatchObject(refused)
    await admission.addUser('alice', false)
    await admission.requireWritable(hers)
    await admission.addPath(root)
    await admission.requireWritable(root)
    await expect(admission.requireWritable(join(roots, 'b.tar.gz'))).rejects.toMatchObject(refused)
  })

  test('the panel’s own uploads and backups are root’s to read; nothing else of its directory is', async () => {
    const admission = await open()
    const own = [`uploads/upload-${'0a'.repeat(16)}`, 'backups/a.tar.zst']
    for (const path of own) {
      await mkdir(join(stateDir, path, '..'), { recursive: true })
      await writeFile(join(stateDir, path), '')
      expect(await admission.findReader(join(stateDir, path))).toBe(null)
    }
    for (const path of [
      'state.json',
      'admitted.json',
      'uploads/other',
      'uploads/../state.json',
      'backups/.a',
    ])
      await expect(admission.findReader(join(stateDir, path))).rejects.toMatchObject(refused)
  })
})
