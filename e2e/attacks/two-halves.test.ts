import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHost, type TestHost } from '../host/host.ts'
import { type PanelHost, startPanel } from '../host/panel-host.ts'
import type { HostileAnswer, HostileOrder, HostileReport } from './hostile-front.ts'
import {
  FRONT,
  HERS,
  LINK,
  OF_ACCOUNT,
  OF_RAZROOM,
  OTHERS,
  range,
  SECRET,
  SETTINGS,
} from './hostile-orders.ts'
import { putInside, runInside } from './inside.ts'
import { keepScore } from './scoreboard.ts'

describe('an attacker who owns the front', () => {
  let host: TestHost
  let panel: PanelHost
  let before = ''

  const ask = (orders: readonly HostileOrder[], user = FRONT) =>
    runInside<HostileReport>(host, 'hostile-front.ts', orders, { user, timeoutMs: 120_000 })
  const one = async (verb: string, ...args: unknown[]): Promise<HostileAnswer> => {
    const [answer] = (await ask([{ verb, args }])).answers
    if (!answer) throw new Error(`no answer to ${verb}`)
    return answer
  }
  /** Everything of root's and alice's that an attack could have changed. */
  const look = async () =>
    (
      await host.run([
        'bash',
        '-c',
        `set -e
        find /root /home/alice /srv /etc -xdev -not -path '/etc/.updated' -printf '%p %U %G %m %s %T@\\n' | sort
        sha256sum /etc/passwd /etc/shadow /etc/group /etc/subuid /etc/subgid /root/secret /home/alice/secret`,
      ])
    ).stdout
  const expectUntouched = async () => {
    expect(await look()).toBe(before)
    const found = await host.run(
      [
        'grep',
        '--recursive',
        '--files-with-matches',
        '--binary-files=text',
        '-e',
        SECRET,
        '-e',
        HERS,
        '/home/razroom',
        '/var/lib/razroom-panel',
        '/tmp',
        '/var/tmp',
      ],
      { reject: false },
    )
    expect(found.stdout).toBe('')
  }

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await putInside(host, 'hostile-front.ts')
    await host.run([
      'bash',
      '-c',
      `set -e
      chmod 0700 /home/alice
      mkdir -p /root/repo /home/alice/repo /srv/closed /srv/half-open
      chmod 0700 /root /srv/closed
      for file in /root/secret /root/repo/Dockerfile /srv/closed/secret /srv/closed/Dockerfile /srv/half-open/secret; do echo ${SECRET} > "$file"; done
      for file in /home/alice/secret /home/alice/repo/Dockerfile; do echo ${HERS} > "$file"; done
      touch /srv/half-open/Dockerfile
      chmod 0755 /srv/half-open
      chmod 0600 /srv/half-open/secret /root/secret /home/alice/secret
      chown -R alice: /home/alice
      ln -s /root ${LINK}`,
    ])
    // The real front would come in between: a new connection ends the one before.
    await host.run(['systemctl', 'stop', 'razroom-panel.socket', 'razroom-panel.service'])
    expect(await one('createUser', 'razroom')).toMatchObject({ kind: 'result' })
    expect(await one('addIdRanges', 'razroom', range(300_000), range(300_000))).toMatchObject({
      kind: 'result',
    })
    before = await look()
  })
  afterAll(() => host?.destroy())

  it('is the only one who may open the socket', async () => {
    for (const user of ['razroom', 'nobody', 'alice'])
      expect(await ask([{ verb: 'readMemory', args: [] }], user)).toMatchObject({ refused: 'EACCES' })
    expect(await one('readMemory')).toMatchObject({ kind: 'result' })
  })

  it('can name no account but the gateway’s, by no verb', async () => {
    const orders = OTHERS.flatMap((name) =>
      Object.entries(OF_ACCOUNT).map(([verb, args]) => ({ verb, args: [name, ...args] })),
    )
    const { answers } = await ask(orders.slice(0, 200))
    const more = await ask(orders.slice(200))
    const through = [...answers, ...more.answers].flatMap((answer, index) =>
      answer.code === 'USER_NOT_ADMITTED'
        ? []
        : [`${JSON.stringify(orders[index])}: ${JSON.stringify(answer)}`],
    )
    keepScore('accounts over the wire', orders.length, orders.length - through.length)
    expect(through).toEqual([])
    await expectUntouched()
  })

  it('gets nothing of root’s or of others through the gateway’s user', async () => {
    const { answers } = await ask(OF_RAZROOM)
    const through = answers.flatMap((answer, index) => {
      const isRefused =
        answer.kind === 'error' && !answer.said.includes(SECRET) && !answer.said.includes(HERS)
      return isRefused ? [] : [`${JSON.stringify(OF_RAZROOM[index])}: ${JSON.stringify(answer)}`]
    })
    keepScore('paths, ranges and names over the wire', OF_RAZROOM.length, OF_RAZROOM.length - through.length)
    expect(through).toEqual([])
    // Whether it is there is not told either.
    const [there, missing] = (
      await ask([
        { verb: 'readArchive', args: ['/root/secret'] },
        { verb: 'readArchive', args: ['/root/nowhere'] },
      ])
    ).answers
    expect(there?.said).toBe(missing?.said.replace('nowhere', 'secret'))
    await expectUntouched()
  })

  it('cannot have files of root’s or of others given to the gateway’s user', async () => {
    for (const directory of ['/root', '/', '/etc', '/home/alice', '/srv/closed', LINK])
      await one('giveBackFiles', 'razroom', [directory])
    await expectUntouched()
  })

  it('cannot have a backup written to where root or others keep their files', async () => {
    const { settings } = JSON.parse((await one('readState')).said.slice(5)) as { settings: unknown }
    expect(settings).toBe(null)
    const order = (path: string) => ({
      directories: { configDir: '/home/razroom/.razroom', workspaceDir: '/home/razroom/.razroom/workspace' },
      includesWorkspace: true,
      reason: 'manual',
      settings: SETTINGS,
      path,
    })
    for (const path of ['/root/a.tar.gz', '/etc/cron.d/a.tar.gz', '/home/alice/a.tar.gz', '/tmp/a.tar.gz'])
      expect(await one('makeBackup', 'razroom', order(path))).toMatchObject({ code: 'PATH_NOT_ADMITTED' })
    await expectUntouched()
  })

  it('is ended when it asks for what is no verb of its own', async () => {
    for (const verb of ['close', 'makePrivateSocketPath', 'claimControlSocket', 'noSuchVerb'])
      expect(await one(verb)).toMatchObject({ kind: 'ended' })
  })

  it('cannot have root’s own commands do it later, by what it writes to the settings', async () => {
    expect(
      await one('updateState', {
        settings: { ...SETTINGS, user: 'alice' },
        created: ['user:alice', 'home:/home/alice'],
      }),
    ).toMatchObject({ kind: 'result' })
    const command = await panel.tryCli(['backup', '--json'])
    expect(command.exitCode).not.toBe(0)
    expect(command.stdout + command.stderr).toContain('USER_NOT_ADMITTED')
    await expectUntouched()
    await one('updateState', { settings: { ...SETTINGS, user: 'razroom' }, created: [] })
  })

  it('can neither fill the disk with versions, nor take away backups and entries that are there', async () => {
    const state = '/var/lib/razroom-panel'
    await host.run(['bash', '-c', `mkdir -p ${state}/backups && echo real > ${state}/backups/real.tar.zst`])
    const version = (etag: string) => ({ by: 'page', etag, added: 1, removed: 0, bytes: { $bytes: 'x' } })
    const entry = (what: string) => ({
      kind: 'change',
      action: 'flood',
      what,
      details: Array.from({ length: 12 }, (_, index) => ({ name: `${index}`, value: 'x'.repeat(256) })),
      who: { by: 'cli', uid: 0 },
      outcome: 'done',
    })
    await one('appendAudit', { ...entry('before the flood'), details: [] })
    const files = Array.from({ length: 100 }, (_, index) => ({
      verb: 'addVersion',
      args: [`/home/razroom/${index}`, version('a'.repeat(64))],
    }))
    const entries = Array.from({ length: 240 }, () => ({ verb: 'appendAudit', args: [entry('flood')] }))
    const answers = [
      ...(await ask([...files, { verb: 'removeBackup', args: ['real.tar.zst'] }])).answers,
      // Each time over a new connection.
      ...(await ask(entries)).answers,
      ...(await ask(entries)).answers,
      ...(await ask(entries)).answers,
      ...(await ask(entries)).answers,
    ]
    const refused = answers.filter(({ code }) => code === 'QUOTA_REACHED').length
    keepScore('quotas of the root half', answers.length, refused)
    expect(refused).toBeGreaterThan(84 + 300)
    const kept = async (script: string) => (await host.run(['bash', '-c', script])).stdout.trim()
    expect(await kept(`ls ${state}/versions | wc -l`)).toBe('16')
    expect(await kept(`cat ${state}/removed-backups/*-real.tar.zst`)).toBe('real')
    expect(await kept(`cat ${state}/audit/main-*.jsonl | grep -c 'before the flood'`)).toBe('1')
    const record = await kept(`cat ${state}/audit/root-*.jsonl`)
    for (const verb of ['createUser', 'addIdRanges', 'removeBackup', 'addVersion'])
      expect(record).toContain(`"verb":"${verb}"`)
    expect(await kept(`stat -c %a ${state}/audit/root-*.jsonl ${state}/removed-backups`)).toBe('600\n700')
  })

  it('gets what root allows on the shell, until root takes it back', async () => {
    await host.run(['razroom-panel', 'access', 'user', 'add', 'alice'])
    expect(await one('readHome', 'alice')).toMatchObject({ kind: 'result' })
    await host.run(['razroom-panel', 'access', 'path', 'add', '/root/secret'])
    expect(await one('readArchive', '/root/secret')).toMatchObject({ kind: 'result' })
    await host.run(['razroom-panel', 'access', 'user', 'remove', 'alice'])
    await host.run(['razroom-panel', 'access', 'path', 'remove', '/root/secret'])
    expect(await one('readHome', 'alice')).toMatchObject({ code: 'USER_NOT_ADMITTED' })
    expect(await one('readArchive', '/root/secret')).toMatchObject({ code: 'PATH_NOT_ADMITTED' })
    for (const name of ['root', 'nobody', 'daemon', FRONT]) {
      const { exitCode } = await host.run(['razroom-panel', 'access', 'user', 'add', name], { reject: false })
      expect(exitCode, name).not.toBe(0)
    }
  })
})
