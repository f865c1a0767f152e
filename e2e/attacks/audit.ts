import { describe, expect, it } from 'vitest'
import type { AuditEntry, AuditPage } from '../../contract/audit.ts'
import type { Status } from '../../contract/schemas.ts'
import { callApi } from '../host/panel-api.ts'
import { PANEL_PROGRAM } from '../host/panel-daemon.ts'
import { waitUntil } from '../host/wait-until.ts'
import { type AttackHost, logIn, loginShot, pageHeaders, type Session } from './attack-host.ts'
import { IS_FULL } from './env-requests.ts'
import { keepScore } from './scoreboard.ts'
import { type Header, requestBytes, type Shot } from './shot.ts'

const AUDIT_DIR = '/var/lib/razroom-panel/audit'
/** The main files hold so much (server/host/audit-log.ts). */
const SEGMENT_BYTES = 1_048_576
const FLOOD = IS_FULL ? 20_000 : 300
const SLOW_MS = 120_000

/** The audit log on a real machine: what is in it, and who can not get at it. */
export function describeAudit(attack: () => AttackHost): void {
  const host = () => attack().panel.host
  const read = (...args: string[]) => attack().panel.cli<AuditEntry[]>('audit', '-n', '500', ...args)
  const uidOf = async (user: string) => Number((await host().run(['id', '--user', user])).stdout)
  const shot = (session: Session, key: string, body?: object): Shot => {
    const [method = '', target = ''] = key.split(' ')
    const type: Header[] = body === undefined ? [] : [['Content-Type', 'application/json']]
    const parts = { method, target, headers: [...pageHeaders(session), ...type] }
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    return { name: key, bytes: requestBytes({ ...parts, ...text }) }
  }
  const inAudit = async (command: string, user = 'root') =>
    host().run(['sh', '-c', `cd ${AUDIT_DIR} && ${command}`], { user, reject: false })

  /** What was added meanwhile, oldest first. */
  async function added(work: () => Promise<unknown>): Promise<AuditEntry[]> {
    const before = (await read()).at(-1)?.seq ?? 0
    await work()
    return (await read()).filter(({ seq }) => seq > before)
  }

  const seeWarnings = (pattern: RegExp) =>
    waitUntil(`warnings as ${pattern}`, 30_000, async () =>
      pattern.test((await attack().panel.cli<Status>('status')).warnings.join()),
    )

  describe('the audit log', () => {
    it('has what two users do in the page, commands and scripts, and how it ended', async () => {
      const { panel, fire } = attack()
      const alice = await uidOf('alice')
      const entries = await added(async () => {
        await panel.cli('access', 'add', String(alice))
        const session = await logIn(panel, (shots) => fire(shots, 'alice'))
        await fire([shot(attack().session, 'POST /api/token/reveal?purpose=copy')])
        await fire([shot(session, 'POST /api/env/reveal', { line: 1 })], 'alice')
        await fire([shot(session, 'DELETE /api/session')], 'alice')
        await panel.cli('access', 'remove', String(alice))
        const sudo = { env: { SUDO_UID: String(alice) } }
        expect((await panel.tryCli(['env', 'set', 'AUDITED=canary-5b1f77'], sudo)).exitCode).toBe(0)
        expect((await panel.tryCli(['stop', '--json'], sudo)).exitCode).toBe(0)
        expect((await callApi(panel, 'POST /api/gateway/start')).status).toBe(202)
        await waitUntil('the start has ended', 60_000, async () =>
          (await read()).some(({ action, who }) => action === 'operation.start-gateway' && who.by === 'api'),
        )
      })
      // What became of the gateway is told by whoever sees it, about when it happens.
      const ofGateway = entries.filter(({ kind }) => kind === 'gateway')
      expect(ofGateway.map(({ what, outcome, who }) => [what, outcome, who.by])).toEqual([
        ['The gateway ended', 'done', 'panel'],
        ['The gateway started', 'done', 'panel'],
      ])
      const told = entries
        .filter(({ kind }) => kind !== 'gateway')
        .map(({ what, outcome, who }) => [what, outcome, who.by, who.user])
      const [login] = entries.filter(({ what }) => what === 'Log in')
      expect(told).toEqual([
        ['Say who may open the page', 'done', 'cli', 'root'],
        ['Make a login link', 'done', 'cli', 'root'],
        ['Log in', 'done', 'page', 'alice'],
        ['Copy the token', 'done', 'page', 'root'],
        ['Show a value of .env', 'done', 'page', 'alice'],
        ['Log out', 'done', 'page', 'alice'],
        ['Say who may open the page', 'done', 'cli', 'root'],
        ['Save .env', 'done', 'cli', 'root'],
        ['Stop the gateway', 'started', 'cli', 'root'],
        ['Stop the gateway', 'done', 'cli', 'root'],
        ['Start the gateway', 'started', 'api', 'root'],
        ['Start the gateway', 'done', 'api', 'root'],
      ])
      expect(login?.who.session).toMatch(/^[0-9a-f]{8}$/)
      const [stopped] = entries.filter(({ action }) => action === 'operation.stop-gateway')
      expect(stopped).toMatchObject({
        who: { saidUid: alice, saidUser: 'alice' },
        tookMs: expect.any(Number),
      })
      const [saved] = entries.filter(({ what }) => what === 'Save .env')
      expect(saved?.details).toEqual([{ name: 'set', value: 'AUDITED' }])
      const [shown] = entries.filter(({ what }) => what === 'Show a value of .env')
      expect(shown?.details[1]?.name).toBe('variable')
      expect((await inAudit('cat *')).stdout).not.toContain('canary-5b1f77')
    })

    it.each(['nobody', 'razroom', 'alice'])('is closed to %s', async (user) => {
      for (const command of ['ls', 'cat *', 'echo x >> main-000000000000001.jsonl', 'rm -f *']) {
        expect((await inAudit(command, user)).exitCode, command).not.toBe(0)
      }
      const modes = (await host().run(['find', AUDIT_DIR, '-printf', '%m %u %y\n'])).stdout.split('\n')
      expect(new Set(modes)).toEqual(new Set(['700 root d', '600 root f']))
      await attack().expectRefused(
        `audit log: read by ${user}`,
        [shot(attack().session, 'GET /api/audit')],
        [403],
        user,
      )
      keepScore(`audit log: file by ${user}`, 4, 4)
    })

    it(
      'is not filled or pushed out by somebody who is refused',
      async () => {
        const nobody = await uidOf('nobody')
        const before = await read()
        const flood = Array.from({ length: FLOOD }, (_, index) => loginShot(`flood ${index}`, 'A'.repeat(43)))
        const hosts = Array.from({ length: 50 }, (_, index) => ({
          name: `host ${index}`,
          bytes: requestBytes({ target: '/', host: `evil-${index}.com` }),
        }))
        const sizeOf = async () => Number((await inAudit('cat * | wc -c')).stdout)
        const size = await sizeOf()
        await attack().expectRefused('audit log: flood by nobody', [...flood, ...hosts], [403, 421], 'nobody')
        // The end of the panel tells what is held back until its minute is over.
        await attack().panel.stop()
        await attack().panel.start()
        const more = (await read('--kind', 'refusal')).filter(
          ({ seq, who }) => seq > (before.at(-1)?.seq ?? 0) && who.uid === nobody,
        )
        expect(more.at(-1)).toMatchObject({ action: 'door.more', who: { user: 'nobody' } })
        const count = more.reduce((sum, entry) => sum + (entry.more ?? 1), 0)
        // A flood may go on in the next minute, which has entries of its own.
        expect(more.length).toBeLessThanOrEqual(12)
        expect(count).toBeGreaterThan(FLOOD / 4)
        expect((await sizeOf()) - size).toBeLessThan(10_000)
        const known = new Set((await read()).map(({ seq }) => seq))
        expect(before.slice(-100).filter(({ seq }) => !known.has(seq))).toEqual([])
      },
      SLOW_MS,
    )

    it('goes on in another file when one is full, and is read over both', async () => {
      const [last] = (await read()).slice(-1)
      const [file = ''] = (await inAudit('ls main-* | tail -n 1')).stdout.split('\n')
      // So many entries as make the file full, each with the next number.
      const next = `awk -v from=${last?.seq} '{ for (i = 1; i <= 6000; i++) {
        line = $0; sub(/"seq":[0-9]+/, "\\"seq\\":" from + i, line); print line } }'`
      await inAudit(`tail -n 1 ${file} | ${next} | head -c ${SEGMENT_BYTES} >> ${file}`)
      const [revealed] = await attack().fire([shot(attack().session, 'POST /api/token/reveal')])
      expect(revealed?.status).toBe(200)
      expect((await inAudit('ls main-* | wc -l')).stdout).toBe('2')
      const entries = await attack().panel.cli<AuditEntry[]>('audit', '-n', '2500')
      expect(entries.at(-1)).toMatchObject({ what: 'Show the token' })
      const seqs = entries.map(({ seq }) => seq)
      expect(seqs.slice(0, -1)).toEqual(seqs.slice(0, -1).map((_, index) => (seqs[0] ?? 0) + index))
      expect(seqs.at(-1)).toBe((seqs.at(-2) ?? 0) + 1)
    })

    it('on a full disk stops nobody from stopping the gateway, and what is missing is said', async () => {
      const { panel } = attack()
      await host().run(['mount', '-t', 'tmpfs', '-o', 'size=16k,mode=0700', 'tmpfs', AUDIT_DIR])
      try {
        await inAudit('head -c 100000 /dev/zero > full')
        expect((await panel.tryCli(['stop', '--json'])).exitCode).toBe(0)
        const { gateway } = await panel.cli<Status>('status')
        expect(gateway.state).toBe('stopped')
        await seeWarnings(/The audit log can not be written \(The disk is full/)
        await inAudit('rm full')
        await panel.cli('token', 'show')
        const gap = (await read()).find(({ action }) => action === 'audit.gap')
        expect(gap?.more).toBeGreaterThanOrEqual(2)
        await seeWarnings(/^(?!.*audit log)/)
      } finally {
        await host().run(['umount', '--lazy', AUDIT_DIR])
      }
    })

    it('loses nothing to a kill of the panel, and tells of its starts', async () => {
      const { panel } = attack()
      const before = (await read()).at(-1)?.seq ?? 0
      const [answer] = await attack().fire([shot(attack().session, 'POST /api/token/reveal')])
      await panel.kill()
      // As a kill in the middle of a line leaves it.
      await inAudit(`printf '{"seq":9' >> "$(ls main-* | tail -n 1)"`)
      await panel.start()
      expect(answer?.status).toBe(200)
      const { body } = await callApi(panel, 'GET /api/audit?limit=20')
      const page = body as AuditPage
      const since = page.entries.filter(({ seq }) => seq > before).reverse()
      expect(since.map(({ what }) => what)).toEqual(['Show the token', 'The panel started'])
      await callApi(panel, 'POST /api/gateway/stop')
      const again = (await callApi(panel, 'GET /api/audit?limit=20')).body as AuditPage
      expect(again.unreadable).toBe(1)
      expect(again.entries.map(({ what }) => what)).toContain('Stop the gateway')
    })

    it('has no verb that changes it', async () => {
      const { panel } = attack()
      const answers = await Promise.all(
        ['DELETE', 'PUT', 'POST', 'PATCH'].map((method) => callApi(panel, `${method} /api/audit`, {})),
      )
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
      expect((await panel.host.run([PANEL_PROGRAM, 'help', 'audit'])).stdout).not.toMatch(
        /clear|remove|delete/i,
      )
    })
  })
}
