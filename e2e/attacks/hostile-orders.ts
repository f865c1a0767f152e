/** What an attacker who owns the front asks of the root half. */
import type { HostileOrder } from './hostile-front.ts'

export const FRONT = 'razroom-panel'
export const SECRET = 'root-canary-2f8b61'
export const HERS = 'alice-canary-93c0de'
/** What the front may not name: root, nobody, a person, a service, itself, and who is not there. */
export const OTHERS = ['root', 'nobody', 'alice', 'daemon', FRONT, 'carol']
const TREE = { configDir: '/root', workspaceDir: '/home/alice' }
const FILE = { path: '/home/alice/a', bytes: { $bytes: 'x' }, mode: 0o600 }
const TERMINAL = { args: ['ps'], cleanUpArgs: ['ps'], cols: 80, rows: 24 }

/** Every verb that takes an account, with what comes after it. */
export const OF_ACCOUNT: Readonly<Record<string, readonly unknown[]>> = {
  hasLinger: [],
  enableLinger: [],
  ensureUserManager: [],
  hasUserManager: [],
  readDelegation: [],
  readHome: [],
  giveBackFiles: [['/root', '/home/alice']],
  readUserFile: ['/root/secret', 100],
  writeUserFile: [FILE],
  ensureUserDirectory: ['/home/alice/d', 0o700],
  hasUserDirectory: ['/root'],
  listUserDirectory: ['/root'],
  removeUserFile: ['/root/secret'],
  emptyUserDirectory: ['/home/alice'],
  renameUserFile: ['/home/alice/secret', '/home/alice/other'],
  watchUserFiles: [['/root/secret']],
  followLog: [{ path: '/root/secret', backlog: 5 }],
  readLogBefore: ['/root/secret', null, 5],
  findOddFiles: [{ directory: '/home/alice', depth: 3, closed: [] }],
  checkPodman: [],
  inspectContainer: ['razroom'],
  inspectImage: ['razroom'],
  runContainer: [['--rm', '--volume', '/:/host', 'razroom']],
  stopContainer: ['razroom', 1],
  removeContainer: ['razroom'],
  readContainerLogs: ['razroom', 5],
  watchContainers: [],
  execInContainer: [{ container: 'razroom', argv: ['id'], timeoutMs: 5_000, maxBytes: 5_000 }],
  buildImage: [{ source: { kind: 'bundled' }, tag: 'a' }],
  pullImage: ['localhost/a'],
  tagImage: ['a', 'b'],
  listImages: [],
  removeImages: [['a']],
  loadArchive: ['/etc/hostname', 'a'],
  loginRegistry: [{ registry: 'localhost', username: 'a', password: 'b' }],
  logoutRegistry: ['localhost'],
  listRegistryLogins: [],
  readUnit: ['razroom.service'],
  reloadUnits: [],
  startUnit: ['razroom.service'],
  restartUnit: ['razroom.service'],
  stopUnit: ['razroom.service'],
  enableUnit: ['razroom.service'],
  disableUnit: ['razroom.service'],
  resetUnit: ['razroom.service'],
  dryRunQuadlet: [[{ name: 'a.container', text: '' }]],
  openTerminal: [TERMINAL],
  cleanUpTerminal: [['ps']],
  listGatewayTree: [TREE],
  readTreeRoom: [TREE],
}

export const range = (start: number, count = 65_536, owner = 'razroom') => ({ owner, start, count })
const PATHS = ['/etc/shadow', '/root/secret', '/root/nowhere', '/home/alice/secret', '/srv/closed/secret']
export const LINK = '/srv/link-to-root'

/** Asked with the gateway's own user, which the front may name. None of it may bring what is not that user's. */
export const OF_RAZROOM: readonly HostileOrder[] = [
  ...[...PATHS, `${LINK}/secret`].flatMap((path) => [
    { verb: 'readArchive', args: [path] },
    { verb: 'loadArchive', args: ['razroom', path, 'a'] },
    { verb: 'verifyBackup', args: [{ path }] },
    { verb: 'readUserFile', args: ['razroom', path, 100] },
  ]),
  ...['/root/repo', '/home/alice/repo', '/srv/closed', '/srv/half-open', LINK].flatMap((path) => [
    { verb: 'fingerprintSource', args: [{ kind: 'repo', path }] },
    { verb: 'buildImage', args: ['razroom', { source: { kind: 'repo', path }, tag: 'localhost/a:b' }] },
  ]),
  ...['root', 'alice', 'daemon', 'postgres', 'docker', FRONT].map((name) => ({
    verb: 'createUser',
    args: [name],
  })),
  ...[
    range(0),
    range(1, 1_000),
    range(100_000, 65_536),
    range(99_999),
    range(4_000_000_000),
    range(200_000, 65_536, 'root'),
  ].map((one) => ({ verb: 'addIdRanges', args: ['razroom', one, null] })),
  { verb: 'addIdRanges', args: ['razroom', range(200_000, 4_294_967_294), null] },
  { verb: 'addIdRanges', args: ['root', range(200_000, 65_536, 'root'), null] },
  { verb: 'addIdRanges', args: ['alice', null, range(200_000, 65_536, 'alice')] },
  { verb: 'writeUserFile', args: ['razroom', { ...FILE, path: '/etc/cron.d/a' }] },
  { verb: 'writeUserFile', args: ['razroom', FILE] },
  { verb: 'removeUserFile', args: ['razroom', '/home/alice/secret'] },
  { verb: 'listUserDirectory', args: ['razroom', '/root'] },
  { verb: 'renameUserFile', args: ['razroom', '/root/secret', '/home/razroom/a'] },
  {
    verb: 'readUserFile',
    args: [{ name: 'razroom', uid: 0, gid: 0, home: '/root', shell: '' }, '/root/secret', 9],
  },
  {
    verb: 'execInContainer',
    args: [
      'razroom',
      { container: 'a', argv: ['b'], timeoutMs: 1, maxBytes: 1, env: { LD_PRELOAD: '/home/razroom/a.so' } },
    ],
  },
  { verb: 'readSystemUnit', args: ['ssh.service'] },
  { verb: 'probeGateway', args: [22] },
  { verb: 'probeGateway', args: [18_789, '192.0.2.1'] },
  { verb: 'proveGatewayToken', args: ['root', 18_789, 'token'] },
  { verb: 'openBackup', args: ['../state.json'] },
  { verb: 'removeBackup', args: ['../state.json'] },
  { verb: 'readVersion', args: ['/a', '../../state'] },
  { verb: 'updateState', args: [{ admitted: ['root'] }] },
  { verb: 'putBackupTimer', args: ['*:*'] },
]

/** As the contract has them; e2e is a black box. */
export const SETTINGS = {
  user: 'razroom',
  containerName: 'razroom',
  mode: 'container',
  startAtBoot: true,
  image: { kind: 'bundled' },
  gatewayPort: 18_789,
  bridgePort: 18_790,
  publishAddress: '127.0.0.1',
  configDir: null,
  workspaceDir: null,
  userns: 'keep-id',
  backupSchedule: { every: 'off', keep: 7, includeWorkspace: true },
  allowedHosts: [],
  adminUids: [],
}
