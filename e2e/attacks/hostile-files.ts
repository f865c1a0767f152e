import { describe, expect, it } from 'vitest'
import { callApi } from '../host/panel-api.ts'
import { type PanelHost, problemOf } from '../host/panel-host.ts'
import { CONFIG_DIR, CONFIG_FILE, ENV_FILE, writeEnvFile } from '../journeys/gateway-container.ts'
import type { AttackHost } from './attack-host.ts'
import { codeOf, IS_FULL, readEnv, SEED, saveEnv, setVariable } from './env-requests.ts'
import { insideArgv, runInside } from './inside.ts'
import type { SaveTry } from './racing-saves.ts'
import { keepScore } from './scoreboard.ts'

const RACE_SECONDS = IS_FULL ? 60 : 6
/** In root's files that the gateway's user can't read. */
const CANARY = 'canary-of-root-4e1b7d90'
const REFUSALS = ['FILE_REFUSED', 'FILE_DENIED']
/** Nobody waits for a file that never ends; the panel gives its helper 15 s. */
const BOUND_MS = 30_000

/** Root's victims: one directory that everybody reads, one that nobody else enters, and a file where all may write. */
const MAKE_VICTIMS = `
mkdir -p /srv/victim /root/victim
for place in /srv/victim /root/victim; do
  echo VICTIM=1 > $place/.env; echo '{ gateway: { mode: "local", auth: { token: "victim-victim-victim-victim-1" } } }' > $place/razroom.json; chmod 0644 $place/*.json $place/.env
done
echo "SECRET=${CANARY}" > /root/victim/.env; echo "SECRET=${CANARY}" > /srv/victim/closed; chmod 0600 /srv/victim/closed
echo VICTIM=1 > /tmp/.env; chmod 0644 /tmp/.env
echo "canary:${CANARY}:20000::::::" >> /etc/shadow
`
const PICTURE = `
for place in /etc /root /srv/victim /tmp/.env /var/lib/razroom-panel/api-token; do
  find $place -xdev -printf '%p %y %u %g %m %n %l\\n'; find $place -xdev -type f -exec sha256sum {} +
done | sort`

/** What stands in the place of a file, made by root or by the user, and what reading it must say; null: it can be read. */
const THINGS: Readonly<Record<string, { script: string; byRoot?: true; reads: readonly string[] | null }>> = {
  'a link to /etc/shadow': { script: 'ln -s /etc/shadow "$0"', reads: ['FILE_DENIED'] },
  'a link into a directory of root': { script: 'ln -s /root/victim/.env "$0"', reads: ['FILE_DENIED'] },
  'a link to a file of root that all may read': { script: 'ln -s /srv/victim/.env "$0"', reads: null },
  'a link to nothing': { script: 'ln -s nowhere "$0"', reads: null },
  'a link to itself': { script: 'ln -s "$0" "$0"', reads: REFUSALS },
  'a hard link to a file of root': {
    script: 'ln /srv/victim/closed "$0"',
    byRoot: true,
    reads: ['FILE_DENIED'],
  },
  'a FIFO': { script: 'mkfifo "$0"', reads: REFUSALS },
  'a FIFO with a writer': {
    script: 'mkfifo "$0"; setsid sh -c \'exec sleep 60 > "$0"\' "$0" < /dev/null > /dev/null 2>&1 &',
    reads: REFUSALS,
  },
  'a link to /dev/zero': { script: 'ln -s /dev/zero "$0"', reads: REFUSALS },
  'a link to its own standard input': { script: 'ln -s /proc/self/fd/0 "$0"', reads: REFUSALS },
  'a directory': { script: 'mkdir "$0"', reads: REFUSALS },
  'a socket': {
    script: 'perl -e \'use IO::Socket::UNIX; IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1)\' "$0"',
    reads: REFUSALS,
  },
  'a file of 9 MB': { script: 'head -c 9000000 /dev/zero > "$0"', reads: ['FILE_TOO_LARGE'] },
}

export function describeHostileFiles(attack: () => AttackHost): void {
  const panel = (): PanelHost => attack().panel
  const picture = async () => (await panel().host.run(['sh', '-c', PICTURE])).stdout
  const clear = () => panel().host.run(['rm', '-rf', ENV_FILE])

  /** Reads and saves; each answer must be in time and must not tell what is root's. */
  async function tryEnv(title: string, reads: readonly string[] | null): Promise<void> {
    const begun = Date.now()
    const read = await readEnv(panel())
    const etag = read.status === 200 ? (read.body as { etag: string }).etag : 'absent'
    const save = await saveEnv(panel(), setVariable('ATTACK', '1'), etag)
    expect(Date.now() - begun, title).toBeLessThan(2 * BOUND_MS)
    if (reads === null) expect(read.status, title).toBe(200)
    else expect(reads, `${title}: ${JSON.stringify(read)}`).toContain(codeOf(read))
    const refusals = reads ?? REFUSALS
    expect(refusals, `${title}: ${JSON.stringify(save)}`).toContain(codeOf(save))
    expect(JSON.stringify([read, save]), title).not.toContain(CANARY)
    keepScore(`files: ${title}`, 2, 2)
  }

  describe('something else in the place of a file', () => {
    it('is refused, told, and leads to nothing of root’s', async () => {
      const { host } = panel()
      await host.run(['sh', '-c', MAKE_VICTIMS])
      const before = await picture()
      for (const [title, { script, byRoot, reads }] of Object.entries(THINGS)) {
        await clear()
        await host.run(['sh', '-c', `${script}\n`, ENV_FILE], { user: byRoot ? 'root' : 'razroom' })
        await tryEnv(title, reads)
      }
      await clear()
      await host.run(['ln', '-s', '/etc/shadow', ENV_FILE])
      const shell = await panel().tryCli(['env', 'set', 'ATTACK=1', '--json'])
      expect(problemOf(shell).code).toBe('FILE_DENIED')
      expect(`${shell.stdout}${shell.stderr}`).not.toContain(CANARY)
      await clear()
      await writeEnvFile(panel(), 'AFTER=1\n')
      expect(await picture()).toBe(before)
    })

    it('is refused as razroom.json too: the token is neither read nor written through it', async () => {
      const { host } = panel()
      const before = await picture()
      await host.run(['mv', CONFIG_FILE, `${CONFIG_FILE}.away`])
      for (const script of ['ln -s /etc/shadow "$0"', 'mkfifo "$0"', 'mkdir "$0"', 'ln -s /dev/zero "$0"']) {
        await host.run(['sh', '-c', script, CONFIG_FILE], { user: 'razroom' })
        const read = await callApi(panel(), 'GET /api/token')
        expect(REFUSALS, `${script}: ${JSON.stringify(read)}`).toContain(codeOf(read))
        expect(JSON.stringify(read)).not.toContain(CANARY)
        await host.run(['rm', '-rf', CONFIG_FILE])
      }
      await host.run(['ln', '-s', '/srv/victim/razroom.json', CONFIG_FILE], { user: 'razroom' })
      expect((await panel().tryCli(['token', 'rotate', '--json'])).exitCode).not.toBe(0)
      await host.run(['mv', `${CONFIG_FILE}.away`, CONFIG_FILE])
      expect(await picture()).toBe(before)
    })
  })

  describe('a directory that is a link', () => {
    it.each(['/etc', '/root/victim', '/srv/victim', '/tmp'])(
      'to %s: nothing is written there',
      async (target) => {
        const { host } = panel()
        const before = await picture()
        await host.run(['mv', CONFIG_DIR, `${CONFIG_DIR}.away`])
        await host.run(['ln', '-s', target, CONFIG_DIR])
        const read = await readEnv(panel())
        const etag = read.status === 200 ? (read.body as { etag: string }).etag : 'absent'
        const save = await saveEnv(panel(), setVariable('ATTACK', '1'), etag)
        await host.run(['rm', CONFIG_DIR])
        await host.run(['mv', `${CONFIG_DIR}.away`, CONFIG_DIR])
        expect(save.status, JSON.stringify(save)).toBe(409)
        expect(JSON.stringify([read, save])).not.toContain(CANARY)
        expect(await picture()).toBe(before)
        expect((await host.run(['find', target, '-maxdepth', '1', '-name', '*razroom-panel-*'])).stdout).toBe(
          '',
        )
      },
    )

    it('now and then, as fast as its owner can: the panel answers, and reaches nothing of root’s', async () => {
      const { host } = panel()
      const before = await picture()
      const targets = ['/etc', '/root/victim', '/srv/victim', '/tmp']
      const racer = [
        ...insideArgv('path-racer.ts'),
        CONFIG_DIR,
        String(RACE_SECONDS),
        String(SEED),
        ...targets,
      ]
      const racing = host.run(racer, { user: 'razroom', timeoutMs: 240_000 })
      const orders = { writers: 3, enough: 10_000, limitMs: RACE_SECONDS * 1000 }
      const tries = await runInside<SaveTry[]>(host, 'racing-saves.ts', orders, { timeoutMs: 240_000 })
      const changes = Number((await racing).stdout)
      const odd = tries.filter(({ status }) => ![200, 409, 412].includes(status))
      expect(odd.map(({ what, status, body }) => `${what} ${status} ${body.slice(0, 300)}`)).toEqual([])
      expect(tries.filter(({ body }) => body.includes(CANARY))).toEqual([])
      expect(Math.max(...tries.map(({ tookMs }) => tookMs))).toBeLessThan(BOUND_MS)
      expect(await picture(), `seed ${SEED}`).toBe(before)
      // Else the race was none.
      expect(changes).toBeGreaterThan(RACE_SECONDS)
      expect(tries.filter(({ status }) => status === 409).length, `seed ${SEED}`).toBeGreaterThan(0)
      keepScore(`files: a race of ${RACE_SECONDS} s, ${changes} changes`, tries.length, tries.length)
      expect((await saveEnv(panel(), { text: 'QUIET=1\n' }, await readEtagAfter())).status).toBe(200)
    })
  })

  const readEtagAfter = async () => ((await readEnv(panel())).body as { etag: string }).etag
}
