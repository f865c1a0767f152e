import { expect, it } from 'vitest'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { keepScore } from './scoreboard.ts'
import { requestBytes } from './shot.ts'

const REQUESTS = 12
/** For some seconds, one after the other; each closes the way to the managers of users for a moment. */
const RELOADS = ['sh', '-c', 'for i in 1 2 3 4 5; do systemctl daemon-reload; done']

/** What any package's installer does, and a change of the schedule of backups. */
export function describeWhileReloading(attack: () => AttackHost): void {
  it('a reload of systemd at the same moment fails no request', async () => {
    const bytes = requestBytes({ target: '/api/setup', headers: pageHeaders(attack().session) })
    const shots = Array.from({ length: REQUESTS }, (_, index) => ({ name: `request ${index}`, bytes }))
    const [outcomes] = await Promise.all([attack().fire(shots, 'root', 3), attack().panel.host.run(RELOADS)])
    const failed = outcomes.filter(({ status }) => status !== 200)
    expect(failed.map(({ status, body }) => `${status} ${body}`)).toEqual([])
    keepScore('a reload of systemd meanwhile', outcomes.length, failed.length)
  })
}
