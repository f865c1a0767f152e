import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { AttackHost } from './attack-host.ts'
import { IS_FULL } from './env-requests.ts'
import { insideArgv } from './inside.ts'
import { type FLOODS, floodScript } from './log-floods.ts'
import { keepScore } from './scoreboard.ts'
import type { StreamOrders, StreamReport } from './stream-clients.ts'

const LOG_FILE = '/home/razroom/.local/share/razroom/log/gateway.log'
const PAUSED = 50
const MEGABYTE = 1_048_576
/** More than one client that reads alone makes it grow by. */
const MAX_GROWTH = 64 * MEGABYTE
/** On a machine where a client alone is late, some of that. */
const MAX_LAG_MS = 1_000
/** Numbered lines: below the three files of 64 MB that are kept whatever the last one has (docs/adr/0011-logs.md). */
const NUMBERS = IS_FULL ? 3_000_000 : 500_000
/** Of text; more than that of a line is not sent (docs/facts/performance.md). */
const MAX_LINE_BYTES = 8_192

export function describeFloods(attack: () => AttackHost): void {
  async function flood(kind: keyof typeof FLOODS, amount: number, paused: number): Promise<StreamReport> {
    const { panel, session } = attack()
    const lastLine = `the end of ${kind}`
    const clients = await panel.host.spawn(insideArgv('stream-clients.ts'))
    const orders: StreamOrders = { session, paused, lastLine, logFile: LOG_FILE }
    clients.stdin.write(`${JSON.stringify(orders)}\n`)
    await once(clients.stdout, 'data')
    const said = text(clients.stdout)
    await panel.podman('exec', 'razroom', 'node', '--eval', floodScript(kind, amount, lastLine))
    clients.stdin.end()
    return JSON.parse(await said) as StreamReport
  }

  describe('a log without end', () => {
    let aloneMs = 0
    let aloneBytes = 0
    it('is followed by one client alone', async () => {
      // So many lines, and not so many seconds: whatever comes is read, however slow the machine is.
      const report = await flood('numbers', NUMBERS, 0)
      aloneMs = report.lagMax
      aloneBytes = report.bytesPeak - report.bytesBefore
      expect(report).toMatchObject({ faults: [], sawLast: true })
    })
    it.each([
      ...(IS_FULL ? [['yes', 30] as const] : []),
      ['numbers', NUMBERS],
      ['one line', 200],
      ['any bytes', IS_FULL ? 100 : 20],
      // When garbage is collected is the runtime's to say: what grows without bound is over it every time.
    ] as const)(
      '%s: memory is bounded, and a client that reads is in time',
      { retry: 2 },
      async (kind, amount) => {
        const report = await flood(kind, amount, PAUSED)
        const grown = report.bytesPeak - report.bytesBefore
        expect(report).toMatchObject({ faults: [], sawLast: true, strays: [], openLogs: 0 })
        expect(report.longestBytes).toBeLessThanOrEqual(MAX_LINE_BYTES)
        expect(report.lagMax).toBeLessThan(Math.max(MAX_LAG_MS, 4 * aloneMs))
        expect(grown - aloneBytes).toBeLessThan(MAX_GROWTH)
        // Who stalls loses nothing that is kept, and neither does who reads beside.
        if (kind === 'numbers') {
          const all = { gaps: [], faults: [], numbers: amount, sawLast: true }
          expect(report).toMatchObject({ ...all, late: all })
        }
        keepScore(
          `streams: ${kind}, ${PAUSED} paused clients`,
          PAUSED,
          PAUSED,
          `PSS +${Math.round(grown / MEGABYTE)} MB, lag ${report.lagMax} ms (alone ${aloneMs} ms)`,
        )
      },
    )
  })
}
