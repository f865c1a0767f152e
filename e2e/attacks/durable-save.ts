import { describe, expect, it } from 'vitest'
import { UNIT_START } from '../host/panel-daemon.ts'
import { type PanelHost, problemOf } from '../host/panel-host.ts'
import { CONFIG_DIR, ENV_FILE } from '../journeys/gateway-container.ts'
import type { AttackHost } from './attack-host.ts'
import { codeOf, IS_FULL, readEtag, SEED, saveEnv, setVariable } from './env-requests.ts'
import { runInside } from './inside.ts'
import type { KillOrders, KillReport } from './kill-saves.ts'
import { keepScore } from './scoreboard.ts'

/** Of 1024 bytes each; the first save fits twice, since the new file is there before the old one goes. */
const DISK_KILOBYTES = 64
const STATE_DIR = '/var/lib/razroom-panel'
const ROUNDS = IS_FULL ? 200 : 20

/** So many bytes of variables. */
const variables = (kilobytes: number, letter: string): string =>
  Array.from(
    { length: kilobytes },
    (_, index) => `V${index}=${letter.repeat(1020 - String(index).length)}\n`,
  ).join('')

export function describeDurableSave(attack: () => AttackHost): void {
  const panel = (): PanelHost => attack().panel
  const bytesOf = async () => (await panel().host.run(['sha256sum', ENV_FILE])).stdout.slice(0, 64)
  const names = async () => (await panel().host.run(['ls', '-A', CONFIG_DIR])).stdout.split('\n')
  const ids = async () => (await panel().host.run(['stat', '--format=uid=%u,gid=%g', CONFIG_DIR])).stdout

  /** A file system of its own in the place of a directory, for as long as the attack lasts. */
  async function onDisk(path: string, options: string, work: () => Promise<void>): Promise<void> {
    const { host } = panel()
    await host.run(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path])
    try {
      await work()
    } finally {
      await host.run(['umount', '--lazy', path])
    }
  }

  describe('a save that is cut off', () => {
    it(`by kill -9, ${ROUNDS} times: the file is the old one or the new one, and nothing else stays`, async () => {
      const orders: KillOrders = {
        envFile: ENV_FILE,
        seed: SEED,
        rounds: ROUNDS,
        daemonEvery: 20,
        startDaemon: UNIT_START,
      }
      const report = await runInside<KillReport>(panel().host, 'kill-saves.ts', orders, {
        timeoutMs: 280_000,
      })
      const said = `seed ${SEED}: ${JSON.stringify(report)}`
      expect(report, said).toMatchObject({ torn: [], strays: [], lastStatus: 200, mode: '600' })
      expect(report.old + report.new, said).toBe(ROUNDS)
      // Else no kill came in the middle, and nothing was tested.
      expect(report.tempsLeft, said).toBeGreaterThan(0)
      expect(Math.min(report.old, report.new), said).toBeGreaterThan(0)
      keepScore(`saves: kill -9 (${report.tempsLeft} in the middle of a write)`, ROUNDS, ROUNDS)
    })
  })

  describe('a save on a full disk', () => {
    it('is refused with 507, the old bytes are whole, and no other file is there', async () => {
      const options = `size=${DISK_KILOBYTES}k,mode=0700,${await ids()}`
      await onDisk(CONFIG_DIR, options, async () => {
        const first = await saveEnv(panel(), { text: variables(20, 'a') }, 'absent')
        expect(first.status, JSON.stringify(first)).toBe(200)
        const [etag, before] = [await readEtag(panel()), await bytesOf()]
        const large = await saveEnv(panel(), { text: variables(50, 'b') }, etag)
        expect([large.status, codeOf(large)]).toEqual([507, 'DISK_FULL'])
        // To the last byte: now not even one more variable has room.
        await panel().host.run(['sh', '-c', 'cat /dev/zero > "$0" 2> /dev/null; :', `${CONFIG_DIR}/filler`])
        const small = await saveEnv(panel(), setVariable('ONE_MORE', '1'), etag)
        expect([small.status, codeOf(small)]).toEqual([507, 'DISK_FULL'])
        expect(JSON.stringify([large, small])).toContain('Free some space')
        const shell = problemOf(await panel().tryCli(['env', 'set', 'ONE_MORE=1', '--json']))
        expect(shell.code).toBe('DISK_FULL')
        expect(await bytesOf()).toBe(before)
        expect((await names()).sort()).toEqual(['.env', 'filler'])
        await panel().host.run(['rm', `${CONFIG_DIR}/filler`])
        expect((await saveEnv(panel(), setVariable('ONE_MORE', '1'), etag)).status).toBe(200)
        expect(await names()).toEqual(['.env'])
        keepScore('saves: full disk', 3, 3)
      })
    })

    it('is refused likewise where no more files can be made', async () => {
      await onDisk(CONFIG_DIR, `size=1m,nr_inodes=2,mode=0700,${await ids()}`, async () => {
        await saveEnv(panel(), { text: 'A=1\n' }, 'absent')
        const [etag, before] = [await readEtag(panel()), await bytesOf()]
        const { status, body } = await saveEnv(panel(), setVariable('B', '1'), etag)
        expect([status, codeOf({ status, body })]).toEqual([507, 'DISK_FULL'])
        expect(await bytesOf()).toBe(before)
        expect(await names()).toEqual(['.env'])
      })
    })

    it('of the panel itself: the save is done or refused, whole either way', async () => {
      const { host } = panel()
      const etag = await readEtag(panel())
      const before = await bytesOf()
      await host.run(['cp', '--archive', STATE_DIR, '/run/state-of-panel'])
      let answer = { status: 0, body: null as unknown }
      await onDisk(STATE_DIR, 'size=64k,mode=0700', async () => {
        await host.run([
          'sh',
          '-c',
          'cp --archive /run/state-of-panel/*.json /run/state-of-panel/api-token "$0"',
          STATE_DIR,
        ])
        await host.run(['sh', '-c', 'cat /dev/zero > "$0/filler" 2> /dev/null; :', STATE_DIR])
        answer = await saveEnv(panel(), setVariable('STATE_IS_FULL', '1'), etag)
      })
      await host.run(['rm', '-rf', '/run/state-of-panel'])
      expect([200, 507], JSON.stringify(answer)).toContain(answer.status)
      const after = await readEtag(panel())
      if (answer.status === 200) expect((answer.body as { etag: string }).etag).toBe(after)
      else expect(after).toBe(etag)
      expect(after === etag).toBe((await bytesOf()) === before)
      expect((await names()).filter((name) => name.endsWith('.tmp'))).toEqual([])
    })
  })
}
