import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBackups, type GatewayTree } from './backups.ts'
import { createImageBuilder } from './build-image.ts'
import { createExamination } from './examination.ts'
import { createContainerExec } from './exec-in-container.ts'
import { createOwnership } from './give-back.ts'
import type { Host, UserAccount } from './host.ts'
import { createArchiveLoader } from './image-archive.ts'
import { createImages } from './images.ts'
import { createJournalLog } from './journal-log.ts'
import { createPodman } from './podman.ts'
import { createRegistries } from './registries.ts'
import { managerArgv, type RunAsUser } from './run-as-user.ts'
import { createCommandRunner, type RunCommand, type RunOptions } from './run-command.ts'
import { createTerminals } from './terminal.ts'
import { NAUGHTY_STRINGS, naughty } from './test-naughty-strings.ts'
import { createAccounts } from './user-account.ts'
import { createUserFileMoves } from './user-file-moves.ts'
import { createUserUnits } from './user-units.ts'

const user: UserAccount = {
  name: 'nobody',
  uid: 65534,
  gid: 65534,
  home: '/nonexistent/home',
  shell: '/bin/false',
}

/** Every argv that a verb had run, by root or by the user. */
const calls: (readonly string[])[] = []
const answer = async (argv: readonly string[], { stdoutTo }: Pick<RunOptions, 'stdoutTo'>) => {
  calls.push(argv)
  stdoutTo?.end()
  return { exitCode: 0, stdout: '', stderrLines: [] }
}
const run: RunCommand = answer
const runAsUser: RunAsUser = (_user, argv, options) => answer(argv, options)
/** What follows something is over as soon as its program has been run: else it would try again for ever. */
let following = new AbortController()
const runAndEnd: RunCommand = (argv, options) => {
  following.abort()
  return answer(argv, options)
}
const files = {
  readUserFile: async () => null,
  ensureUserDirectory: async () => ({ created: false, corrected: false }),
  writeUserFile: async () => ({ etag: '' }),
}
const podman = createPodman(runAsUser)
const images = createImages({
  runAsUser,
  podman,
  isPrepared: async () => true,
  hasUserFile: async () => true,
})
const parts = {
  ...createAccounts(run),
  ...createUserFileMoves(runAsUser),
  ...createUserUnits(run, runAsUser, files),
  ...podman,
  ...createContainerExec(runAsUser),
  ...createBackups({ run, agentFile: '/agent.js', stateDir: '/nonexistent/state', panelVersion: '0' }),
  ...createExamination(run, runAsUser),
  ...createImageBuilder({ run, runAsUser, podman, bundledDir: '/nonexistent/bundled' }),
  ...images,
  ...createArchiveLoader({ run, runAsUser, podman, images }),
  ...createRegistries(runAsUser, {
    readUserFile: async () => ({
      bytes: new TextEncoder().encode(JSON.stringify({ auths: { [registry]: { auth: 'YTpi' } } })),
      etag: '',
      mode: 0,
      uid: 0,
    }),
  }),
  ...createTerminals(runAsUser, '/agent.js', async () => '/usr/bin/podman'),
  ...createJournalLog(runAndEnd, {
    readLogBefore: async () => ({ lines: [], hasMore: false }),
    ensureUserDirectory: async () => ({ created: false, corrected: false }),
    appendLog: async () => undefined,
  }),
  ...createOwnership({ run, agentFile: '/agent.js', runDir: '/nonexistent/run' }),
}
/** What the file of logins has: whatever a logout names. */
let registry = ''
const TREE = (text: string): GatewayTree => ({ configDir: text, workspaceDir: text })

type Verb = (text: string) => unknown

/**
 * Every verb of the host: what gives it a hostile string, or why none reaches a program. A new verb has to be added, or
 * this does not compile.
 */
const VERBS: Readonly<Record<keyof Host, Verb | 'no string' | 'no program' | 'JSON to a helper'>> = {
  readFacts: 'no string',
  appendAudit: 'no program',
  readAudit: 'no program',
  requireAdmitted: 'no program',
  findPortHolder: 'no program',
  hasAddress: 'no program',
  readDiskFree: 'no program',
  readUsage: 'no string',
  canStackOverlay: 'no program',
  openContainerDevices: 'no string',
  probeGateway: 'no program',
  proveGatewayToken: 'no program',
  findUser: (text) => parts.findUser(text),
  createUser: (text) => parts.createUser(text),
  finishUser: (text) => parts.finishUser(text),
  readIdRanges: 'no program',
  addIdRanges: (text) => parts.addIdRanges(text, { owner: text, start: 1, count: 1 }, null),
  hasLinger: 'no program',
  enableLinger: (text) => parts.enableLinger({ ...user, name: text }),
  ensureUserManager: 'no string',
  readUserFile: 'JSON to a helper',
  writeUserFile: 'JSON to a helper',
  ensureUserDirectory: 'JSON to a helper',
  hasUserDirectory: 'JSON to a helper',
  listUserDirectory: (text) => parts.listUserDirectory(user, text),
  removeUserFile: (text) => parts.removeUserFile(user, text),
  emptyUserDirectory: (text) => parts.emptyUserDirectory(user, text),
  renameUserFile: (text) => parts.renameUserFile(user, text, text),
  watchUserFiles: 'JSON to a helper',
  followLog: 'JSON to a helper',
  readLogBefore: 'JSON to a helper',
  readLogAfter: 'JSON to a helper',
  readLogLine: 'JSON to a helper',
  searchLog: 'JSON to a helper',
  keepLog: 'JSON to a helper',
  linkLog: 'JSON to a helper',
  recordJournal: (text) => {
    following = new AbortController()
    const { signal } = following
    return parts.recordJournal(user, { container: text, unit: text, path: '/log' }, { signal })
  },
  checkPodman: 'no string',
  inspectContainer: (text) => parts.inspectContainer(user, text),
  inspectImage: (text) => parts.inspectImage(user, text),
  // Its arguments are rendered from the spec: server/domain/hostile-renderings.test.ts.
  runContainer: 'no string',
  stopContainer: (text) => parts.stopContainer(user, text, 1),
  removeContainer: (text) => parts.removeContainer(user, text),
  buildImage: (text) => parts.buildImage(user, { source: { kind: 'repo', path: text }, tag: text }),
  readContainerLogs: (text) => parts.readContainerLogs(user, text, 1),
  watchContainers: 'no string',
  describePodman: 'no program',
  fingerprintSource: (text) => parts.fingerprintSource({ kind: 'repo', path: text }),
  isBundledAvailable: 'no string',
  readState: 'no string',
  updateState: 'no program',
  acquireLock: 'no string',
  readApiToken: 'no string',
  findPeerUid: 'no program',
  claimControlSocket: 'no string',
  makePrivateSocketPath: 'no string',
  close: 'no string',
  giveBackFiles: (text) => parts.giveBackFiles(user, [text]),
  listBackups: 'no string',
  makeBackup: 'JSON to a helper',
  removeBackup: 'no program',
  openBackup: 'no program',
  verifyBackup: (text) => parts.verifyBackup({ path: text }),
  listGatewayTree: (text) => parts.listGatewayTree(user, TREE(text)),
  readTreeRoom: (text) => parts.readTreeRoom(user, TREE(text)),
  restoreBackup: 'JSON to a helper',
  readRestoreMark: 'no string',
  writeRestoreMark: 'no program',
  putBackupTimer: 'no string',
  execInContainer: (text) =>
    parts.execInContainer(user, { container: text, argv: ['node', text], timeoutMs: 1, maxBytes: 1 }),
  hasUserManager: 'no string',
  readMemory: 'no string',
  readInodes: 'no program',
  readDelegation: 'no string',
  findOddFiles: (text) => parts.findOddFiles(user, { directory: `/${text}`, depth: 1, closed: [] }),
  readSystemUnit: (text) => parts.readSystemUnit(text),
  readInstalledVersion: 'no string',
  readHome: 'no program',
  listUsers: 'no string',
  readUnit: (text) => parts.readUnit(user, text),
  reloadUnits: 'no string',
  startUnit: (text) => parts.startUnit(user, text),
  restartUnit: (text) => parts.restartUnit(user, text),
  stopUnit: (text) => parts.stopUnit(user, text),
  enableUnit: (text) => parts.enableUnit(user, text),
  disableUnit: (text) => parts.disableUnit(user, text),
  readUnitJournal: (text) => parts.readUnitJournal(user, text, new Date(0), 1),
  resetUnit: (text) => parts.resetUnit(user, text),
  dryRunQuadlet: (text) => parts.dryRunQuadlet(user, [{ name: 'x.container', text }]),
  describeSystemctl: 'no program',
  pullImage: (text) => parts.pullImage(user, text),
  tagImage: (text) => parts.tagImage(user, text, text),
  listImages: 'no string',
  removeImages: (text) => parts.removeImages(user, [text]),
  readArchive: (text) => parts.readArchive(text),
  loadArchive: (text) => parts.loadArchive(user, text, text),
  loginRegistry: (text) => parts.loginRegistry(user, { registry: text, username: text, password: text }),
  logoutRegistry: (text) => {
    registry = text
    return parts.logoutRegistry(user, registry)
  },
  listRegistryLogins: 'no string',
  saveUpload: 'no program',
  removeUpload: 'no program',
  openTerminal: 'JSON to a helper',
  cleanUpTerminal: 'no string',
  listVersions: 'no program',
  readVersion: 'no program',
  addVersion: 'no program',
  markVersionProven: 'no program',
}
const TAKING = Object.entries(VERBS).flatMap(([name, verb]) =>
  typeof verb === 'function' ? [[name, verb] as const] : [],
)

/** `--option=`, `NAME=` and the like, in front of a value that so can be nothing else. */
const ATTACHED = /^(?:--[a-z][a-z-]*=|_?[A-Z][A-Z_]*=)/
/** Options of ours that take the next argument as their value, whatever it is. */
const TAKES_NEXT = new Set(['--tag', '--label', '--build-arg', '--env', '-path'])

/** Strings that verbs take, also those for which something must exist, so that what they run is seen. */
const MARKS = ['qqq-mark-qqq', '/qqq-mark-qqq', '/usr/share', '/usr/bin/env']

/** What the verb had run for this string; refusals and answers that podman would not give end it early. */
async function record(verb: Verb, text: string): Promise<readonly (readonly string[])[]> {
  calls.length = 0
  try {
    await verb(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
  return [...calls]
}

/** Why a string at this place of an argv could be taken for more than a value; null when it cannot. */
function danger(argv: readonly string[], index: number, mark: string): string | null {
  const argument = argv[index] ?? ''
  if (index === 0) return 'is the program'
  if (argv.slice(0, index).includes('--') || TAKES_NEXT.has(argv[index - 1] ?? '')) return null
  // Verbs that take a path refuse one that is not absolute, and what begins with a slash is no option.
  if (ATTACHED.test(argument) || (argument.startsWith('/') && (mark.startsWith('/') || argument !== mark)))
    return null
  return 'may be read as an option'
}

test.each(TAKING)('%s: every string takes the place of one argument, and no other', async (name, verb) => {
  const shapes: { mark: string; argvs: readonly (readonly string[])[] }[] = []
  for (const mark of MARKS) shapes.push({ mark, argvs: await record(verb, mark) })
  for (const { mark, argvs } of shapes)
    for (const argv of argvs)
      argv.forEach((argument, index) => {
        if (argument.includes(mark))
          expect(danger(argv, index, mark), `${name}: ${JSON.stringify(argv)}`).toBeNull()
      })
  const property = fc.asyncProperty(naughty, async (text) => {
    const ran = await record(verb, text)
    const isAsEver = shapes.some(({ mark, argvs }) => {
      if (mark.startsWith('/') && !text.startsWith('/')) return false
      const wanted = argvs.map((argv) => argv.map((argument) => argument.replaceAll(mark, () => text)))
      return ran.every((argv, index) => JSON.stringify(argv) === JSON.stringify(wanted[index]))
    })
    expect(isAsEver, `${name}: ${JSON.stringify(ran)}`).toBe(true)
  })
  await fc.assert(property, { numRuns: 300, examples: NAUGHTY_STRINGS.map((text): [string] => [text]) })
})

test('most of them do run a program', async () => {
  const silent: string[] = []
  for (const [name, verb] of TAKING) {
    const ran: (readonly string[])[] = []
    for (const mark of MARKS) ran.push(...(await record(verb, mark)))
    if (ran.length === 0) silent.push(name)
  }
  // These look at the machine first: whether systemd runs, whether there is such a file, or Quadlet.
  const isConditional = (name: string) => ['enableLinger', 'verifyBackup', 'dryRunQuadlet'].includes(name)
  expect(silent.filter((name) => !isConditional(name))).toEqual([])
})

test('for the manager of a user a dollar is doubled, and all comes behind the end of options', () => {
  fc.assert(
    fc.property(fc.array(naughty, { maxLength: 5 }), (words) => {
      const argv = managerArgv('x.service', ['/bin/x', ...words], {
        timeoutMs: 1,
        leavesProcesses: false,
      })
      const given = argv.slice(argv.indexOf('--') + 1)
      expect(given.map((word) => word.replaceAll('$$', '$'))).toEqual(['/bin/x', ...words])
      for (const word of given) expect(word.replaceAll('$$', '')).not.toContain('$')
    }),
  )
})

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recorder-'))
  const script = `#!/bin/sh\nprintf '%s\\0' "$@" | base64 --wrap=0\n`
  await writeFile(join(directory, 'recorder'), script)
  await chmod(join(directory, 'recorder'), 0o700)
})
afterAll(() => rm(directory, { recursive: true }))

test('a program gets each string as it is, and a NUL is refused', async () => {
  const { run: really } = createCommandRunner((text) => text)
  const given = [
    ...NAUGHTY_STRINGS.filter((text) => text.isWellFormed()),
    ...fc.sample(naughty, { numRuns: 300, seed: 7 }),
  ].filter((text) => text.isWellFormed())
  const { stdout } = await really([join(directory, 'recorder'), ...given], { timeoutMs: 20_000 })
  expect(Buffer.from(stdout, 'base64').toString('utf8').split('\0').slice(0, -1)).toEqual(given)
  await expect(really([join(directory, 'recorder'), 'a\0b'], { timeoutMs: 20_000 })).rejects.toThrow()
})
