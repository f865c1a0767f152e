import { describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '../../contract/events.ts'
import { callApi } from '../host/panel-api.ts'
import type { AttackHost } from './attack-host.ts'
import { runInside } from './inside.ts'
import { keepScore } from './scoreboard.ts'
import type { AbuseOrders, AbuseReport } from './socket-abuse.ts'

/** So many at a time have a place (server/ws/bind-sockets.ts), some of which other pages may hold. */
const PLACES = 64
const MEGABYTE = 1_048_576
const MAX_GROWTH = 64 * MEGABYTE
/** Closed for what it said: malformed, not UTF-8, too large (RFC 6455, 7.4.1), or not what the panel expects. */
const REFUSALS: readonly number[] = [1002, 1003, 1007, 1009, CLOSE_CODES.badFrame]

export function describeSocketBounds(attack: () => AttackHost): void {
  describe('sockets that are misused', () => {
    it('have a cap, do not compress, refuse what is malformed, and pile up no answers', async () => {
      const { panel, session } = attack()
      const orders: AbuseOrders = { session, sockets: PLACES + 16, places: PLACES, pingMegabytes: 200 }
      const report = await runInside<AbuseReport>(panel.host, 'socket-abuse.ts', orders, {
        timeoutMs: 120_000,
      })
      const turned = report.codes.filter((code) => code === CLOSE_CODES.tooMany).length
      expect(report.codes.filter((code) => code !== 0 && code !== CLOSE_CODES.tooMany)).toEqual([])
      expect(turned).toBeGreaterThanOrEqual(16)
      keepScore('streams: more sockets than places', 16, Math.min(16, turned), `${PLACES} places`)
      expect(report.compressed).toBe(0)
      const ends = Object.entries(report.frames)
      const through = ends.filter(([, code]) => !REFUSALS.includes(code))
      keepScore('streams: malformed frames', ends.length, ends.length - through.length)
      expect(through).toEqual([])
      const { isCut, grownBytes } = report.pings
      const grown = `PSS +${Math.round(grownBytes / MEGABYTE)} MB`
      keepScore('streams: pings whose answers nobody reads', 1, isCut ? 1 : 0, grown)
      expect(isCut).toBe(true)
      expect(grownBytes).toBeLessThan(MAX_GROWTH)
      expect((await callApi(panel, 'GET /api/status')).status).toBe(200)
    })
  })
}
