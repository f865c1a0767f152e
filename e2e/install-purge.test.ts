import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const PARTS = join(import.meta.dirname, '../scripts/install')

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'install-purge-'))
  await mkdir(join(root, 'bin'))
  await mkdir(join(root, 'state'))
  await mkdir(join(root, 'home/alice'), { recursive: true })
  await mkdir(join(root, 'home/razroom'))
  const line = (name: string, uid: number) => `${name}:x:${uid}:${uid}::${root}/home/${name}:/bin/sh`
  const passwd = [line('razroom', 64001), line('alice', 64002)]
  // What asks for one user gets that one, as of the real getent.
  const getent = `#!/bin/sh\nprintf '%s\\n' '${passwd.join("' '")}' | grep -- "^\${3:-}"\n`
  await writeFile(join(root, 'bin/getent'), getent)
  await chmod(join(root, 'bin/getent'), 0o755)
})
afterEach(() => rm(root, { recursive: true, force: true }))

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The parts of the installer, with this test's places and users, and everything run as who runs the test. */
function inInstaller(confirm: string, commands: string): Promise<Answer> {
  const script = `set -Eeuo pipefail
    PATH=${root}/bin:$PATH
    for part in paths report user uninstall record purge; do . "${PARTS}/$part.sh"; done
    CHECKOUT=/checkout LIB=${root}/lib LAUNCHER=${root}/launcher STATE=${root}/state BACKUPS=${root}/backups
    INSTALL_LOG=${root}/log PURGE=yes BACKUP=yes CONFIRM=${confirm}
    : > "$INSTALL_LOG"
    find_node() { printf '%s\\n' '${process.execPath}'; }
    as_user() { env --chdir=/ "$@" < /dev/null; }
    ${commands}`
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

function writeRecord(user: string, created: readonly string[], more: object = {}): Promise<void> {
  const state = { settings: { user, containerName: 'razroom', ...more }, created, sessions: [] }
  return writeFile(join(root, 'state/state.json'), JSON.stringify(state))
}

const ofRazroom = () => [
  'user:razroom',
  `home:${root}/home/razroom`,
  'subuid:razroom:100000:65536',
  'linger:razroom',
  `dir:${root}/home/razroom/.razroom`,
]
const ofAlice = () => ['subuid:alice:200000:65536', `dir:${root}/home/alice/.razroom`]

const SHOW = `printf '%s|' "$GATEWAY_USER" own: "\${RECORD[@]}" others: "\${OTHERS[@]}"`

test.each([
  ['alice', ofAlice, ofRazroom],
  ['razroom', ofRazroom, ofAlice],
])('a purge of %s takes the entries of that user alone', async (name, own, others) => {
  await writeRecord('alice', [...ofRazroom(), ...ofAlice()])
  const { stdout, stderr } = await inInstaller(name, `read_record; check_confirmation; ${SHOW}`)
  expect(stderr).toBe('')
  expect(stdout).toBe(`${[name, 'own:', ...own(), 'others:', ...others()].join('|')}|`)
})

test('the record makes nobody out of the panel’s making, and no range out of others’ ids', async () => {
  const ours = ofRazroom().filter((entry) => !entry.startsWith('subuid:'))
  const claims = ['user:alice', `home:${root}/home/alice`, 'subuid:alice:0:4294967294', 'linger:alice']
  await writeRecord('alice', [...ofRazroom(), ...claims])
  const list = { users: ['alice'], made: ['razroom'], paths: [] }
  await writeFile(join(root, 'state/admitted.json'), JSON.stringify(list))
  const { stdout } = await inInstaller('alice', `read_record; check_confirmation; ${SHOW}`)
  // The range of razroom is in the record alone, and not in /etc/subuid of this machine.
  expect(stdout).toBe(`${['alice', 'own:', 'linger:alice', 'others:', ...ours].join('|')}|`)
})

test('the home of a user who is gone is still of that user', async () => {
  await writeRecord('alice', ['user:old', 'home:/home/old', 'dir:/home/old/.razroom', ...ofAlice()])
  const { stdout } = await inInstaller('alice', `read_record; ${SHOW}`)
  expect(stdout).toContain('others:|user:old|home:/home/old|dir:/home/old/.razroom|')
})

test('a name that nothing is recorded of is refused, and all that could be meant are said', async () => {
  await writeRecord('alice', [...ofRazroom(), ...ofAlice()])
  const { code, stderr } = await inInstaller('mallory', 'read_record; check_confirmation')
  expect(code).toBe(1)
  expect(stderr).toContain('/checkout/install.sh --uninstall --purge --confirm alice\n')
  expect(stderr).toContain('/checkout/install.sh --uninstall --purge --confirm razroom\n')
})

test('what was made for another user stays on record, and can be purged after', async () => {
  await writeRecord('alice', [...ofRazroom(), ...ofAlice()])
  const end = 'read_record; check_confirmation; keep_record; tell_of_others'
  const first = await inInstaller('alice', end)
  expect([first.code, first.stderr]).toEqual([0, ''])
  expect(first.stdout).toContain('sudo /checkout/install.sh --uninstall --purge --confirm razroom\n')
  const path = join(root, 'state/state.json')
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ settings: null, created: ofRazroom() })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const second = await inInstaller('razroom', `read_record; check_confirmation; ${SHOW}`)
  expect(second.stdout).toBe(`${['razroom', 'own:', ...ofRazroom(), 'others:'].join('|')}|`)
})

test('a purge of a former user leaves the settings to the one of now', async () => {
  await writeRecord('alice', [...ofRazroom(), 'adopted:alice:razroom'])
  const { stdout } = await inInstaller('razroom', 'read_record; keep_record; tell_of_others')
  expect(stdout).toContain('--confirm alice\n')
  expect(JSON.parse(await readFile(join(root, 'state/state.json'), 'utf8'))).toMatchObject({
    settings: { user: 'alice' },
    created: ['adopted:alice:razroom'],
  })
})

test('without the panel tar makes the backup, of config and workspace', async () => {
  const workspaceDir = `${root}/elsewhere`
  await mkdir(workspaceDir)
  await writeFile(join(workspaceDir, 'notes'), 'notes')
  await mkdir(join(root, 'home/razroom/.razroom'))
  await writeFile(join(root, 'home/razroom/.razroom/.env'), 'A=1')
  await writeRecord('razroom', ofRazroom(), { workspaceDir })
  const { code, stdout, stderr } = await inInstaller(
    'razroom',
    'read_record; back_up; tar -tzf "$BACKUP_FILE"',
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('tar unpacks it')
  expect(stdout).toContain(`.${root}/home/razroom/.razroom/.env\n`)
  expect(stdout).toContain(`.${root}/elsewhere/notes\n`)
  const [name = ''] = await readdir(join(root, 'backups'))
  expect(name).toMatch(/^purge-razroom-\d{8}-\d{6}\.tar\.gz$/)
  expect((await stat(join(root, 'backups'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(root, 'backups', name))).mode & 0o777).toBe(0o600)
})

test.each([
  ['tar fails', 'exit 2'],
  ['tar is cut short', `printf ''`],
])('when %s nothing is purged, and no backup is left', async (_, tar) => {
  await mkdir(join(root, 'home/razroom/.razroom'))
  await writeRecord('razroom', ofRazroom())
  const fake = `as_user() { case $1 in tar) ( ${tar} ) ;; *) env --chdir=/ "$@" < /dev/null ;; esac; }`
  const { code, stdout, stderr } = await inInstaller('razroom', `${fake}; read_record; back_up; echo went on`)
  expect(code).toBe(1)
  expect(stdout).not.toContain('went on')
  expect(stderr).toContain('The backup failed, so nothing was removed.')
  expect(stderr).toContain('--confirm razroom --no-backup')
  expect(await readdir(join(root, 'backups'))).toEqual([])
})

test('of the images of a user who stays, only those go that the panel built', async () => {
  const podman = `#!/bin/bash
    case "$1 $2" in
      'images --format') printf '%s\\n' localhost/razroom-bundled:local localhost/razroom:local localhost/razroom:previous \
        localhost/razroom:archive localhost/mine:1 quay.example/razroom:1 ;;
      'image inspect') case "\${@: -1}" in
        *bundled*) echo '1 sha256-00ff' ;;
        *:previous) echo '2 ' ;;
        *) echo '1 ' ;;
      esac ;;
      'rmi --') echo "$3" >> ${root}/removed ;;
    esac`
  await writeFile(join(root, 'bin/podman'), podman, { mode: 0o755 })
  const own = 'has_command() { :; }; logged() { "$@"; }'
  const { code, stdout, stderr } = await inInstaller('alice', `${own}; remove_images`)
  expect([code, stderr]).toEqual([0, ''])
  expect(await readFile(join(root, 'removed'), 'utf8')).toBe(
    'localhost/razroom-bundled:local\nlocalhost/razroom:previous\n',
  )
  expect(stdout).toContain('localhost/razroom:local was not built by the panel: it stays')
})
