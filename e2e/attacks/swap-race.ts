import { describe, expect, it } from 'vitest'
import { callApi } from '../host/panel-api.ts'
import { type PanelHost, readStatus } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { IS_FULL, SEED } from './env-requests.ts'
import { runInside } from './inside.ts'
import { keepScore } from './scoreboard.ts'
import type { SwapOrders } from './swap-racer.ts'

const RACE_SECONDS = IS_FULL ? 60 : 5
const CANARY = 'canary-of-root-77ab90'
const BOUND_MS = 60_000
/** Root's directories that have all that the panel looks for, and writes, in the user's. */
const MAKE_VICTIMS = `
for place in /srv/closed /srv/open; do
  mkdir -p $place/log $place/workspace $place/containers.conf.d; chmod 0755 $place
  for file in .env razroom.json gateway.log run-razroom-podman.sh containers.conf.d/50-razroom-panel.conf; do
    echo "${CANARY}-$(basename $place)=1" > $place/$file; chmod 0644 $place/$file
  done
done
chmod 0700 /srv/closed`
const PICTURE = `
for place in /etc /root /srv/closed /srv/open /var/lib/razroom-panel/api-token; do
  find $place -xdev -printf '%p %y %u %g %m %n %l\\n'; find $place -xdev -type f -exec sha256sum {} +
done | sort`
/**
 * Show razroom.json, and the rows of the log, as they are. A link in the place of a file or its directory is followed with
 * the user's own rights, as people keep their files elsewhere: so they may show what everybody may read
 * (docs/adr/0005-files-by-an-agent-of-the-user.md), and nothing else.
 */
const REVEAL = 'POST /api/config/reveal'
const LOGS = 'GET /api/logs?limit=20'
const SHOWS_ALL: readonly string[] = [REVEAL, LOGS]
/** What the panel reads and writes below the home, one after the other. */
const ASKED: readonly (readonly [key: string, body?: object])[] = [
  ['GET /api/config'],
  [LOGS],
  ['GET /api/token'],
  ['GET /api/unit'],
  ['GET /api/doctor'],
  ['POST /api/setup', {}],
  ['GET /api/env/versions'],
  ['GET /api/export/script'],
  ['POST /api/backup', {}],
  [REVEAL, {}],
]

export function describeSwapRace(panel: () => PanelHost, configDir: string): void {
  describe('links in the place of the user’s files and directories, now and then', () => {
    it('lead the panel to nothing of root’s, whatever it does', async () => {
      const { host } = panel()
      await host.run(['sh', '-c', MAKE_VICTIMS])
      const picture = async () => (await host.run(['sh', '-c', PICTURE])).stdout
      const before = await picture()
      const home = '/home/razroom'
      const places = [
        ...[`${configDir}/razroom.json`, `${configDir}/.env`, `${home}/run-razroom-podman.sh`],
        ...[
          `${home}/.local/share/razroom/log`,
          `${home}/.local/share/razroom`,
          `${home}/.config/containers/containers.conf.d`,
        ],
      ]
      const targets = [
        '/srv/closed',
        '/srv/open',
        '/etc',
        '/root',
        '/srv/open/razroom.json',
        '/etc/shadow',
        '/dev/zero',
      ]
      const orders: SwapOrders = { seconds: RACE_SECONDS, seed: SEED, places, targets }
      const racing = runInside<number>(host, 'swap-racer.ts', orders, { user: 'razroom', timeoutMs: 240_000 })
      let isOver = false
      const over = racing.finally(() => {
        isOver = true
      })
      const odd: string[] = []
      let asked = 0
      let refused = 0
      for (; !isOver || asked < ASKED.length; asked += 1) {
        const [key, body] = ASKED[asked % ASKED.length] ?? ['GET /api/status']
        const begun = Date.now()
        const answer = await callApi(panel(), key, body)
        const said = JSON.stringify(answer.body)
        if (answer.status >= 400) refused += 1
        if (
          answer.status === 0 ||
          answer.status === 500 ||
          said.includes(SHOWS_ALL.includes(key) ? `${CANARY}-closed` : CANARY) ||
          Date.now() - begun > BOUND_MS
        )
          odd.push(`${key}: ${answer.status} ${said.slice(0, 300)}`)
      }
      const changes = await over
      await waitUntil(
        'no operation runs',
        120_000,
        async () => (await readStatus(panel())).operationId === null,
      )
      expect(odd, `seed ${SEED}`).toEqual([])
      expect(await picture(), `seed ${SEED}`).toBe(before)
      // Else the race was none.
      expect(changes).toBeGreaterThan(RACE_SECONDS)
      keepScore(
        `files: links in ${places.length} places, a race of ${RACE_SECONDS} s`,
        asked,
        asked,
        `${changes} changes, ${refused} refused`,
      )
      await panel().cli('setup')
      expect((await readStatus(panel())).gateway.healthy).toBe(true)
    })
  })
}
