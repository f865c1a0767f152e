import { describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '../../contract/events.ts'
import { waitUntil } from '../host/wait-until.ts'
import { type AttackHost, logIn, pageHeaders, type Session } from './attack-host.ts'
import { keepScore } from './scoreboard.ts'
import { GOOD_ORIGIN, requestBytes, type Shot, UPGRADE } from './shot.ts'

/** A page may be away for so long (server/operations/terminal-desk.ts). */
const GRACE_MS = 60_000
const SETTLE_MS = 30_000
const LEFT = `ps -eo args | grep -E 'terminal-agent.js|index.js (onboard|configure|doctor|security|models|channels)' | grep -v grep; true`
const TYPED = JSON.stringify({ type: 'input', data: 'y\r' })

const hello = (ticket: unknown, more: object = {}): string =>
  JSON.stringify({ type: 'hello', ticket, command: 'onboard', cols: 80, rows: 24, ...more })

/** Not one of the six commands, in whatever way somebody may try to have another one run. */
const OTHERS: readonly object[] = [
  { command: 'sh' },
  { command: 'onboard; id' },
  { command: 'onboard --help' },
  { command: ' onboard' },
  { command: 'onboard\n' },
  { command: '../../bin/sh' },
  { command: '__proto__' },
  { command: 'constructor' },
  { command: '' },
  { command: null },
  { command: ['onboard'] },
  { command: { toString: 'onboard' } },
  { args: ['--workspace', '/'] },
  { argv: ['sh'] },
  { env: { LD_PRELOAD: '/tmp/x' } },
  { container: 'other' },
  { cols: 1e9 },
  { cols: -1 },
  { rows: '24; id' },
  { resume: 'A'.repeat(65) },
]

export function describeTerminalAbuse(attack: () => AttackHost): {
  /** Begins the one that takes a minute: call it first. */
  leaveClient(): Promise<void>
} {
  let leftAt = 0
  const run = (argv: readonly string[]) => attack().panel.host.run(argv)
  const leftovers = async () => {
    const programs = (await run(['sh', '-c', LEFT])).stdout.split('\n').filter(Boolean)
    const containers = (await attack().panel.podman('ps', '--all', '--format', '{{.Names}}')).split('\n')
    return [...programs, ...containers.filter((name) => name.endsWith('-terminal'))]
  }
  const seeNothingLeft = (limitMs: number) =>
    waitUntil('nothing is left of the terminal', limitMs, async () => (await leftovers()).length === 0)
  const shot = (session: Session, name: string, frames: readonly string[], until: Shot['until']): Shot => ({
    name,
    bytes: requestBytes({
      target: '/api/terminal',
      headers: [...UPGRADE, ['Origin', GOOD_ORIGIN], ['Cookie', session.cookie]],
    }),
    frames,
    ...(until === undefined ? {} : { until }),
  })
  const takeTickets = async (session: Session, count: number): Promise<string[]> => {
    const bytes = requestBytes({ method: 'POST', target: '/api/ws-ticket', headers: pageHeaders(session) })
    const shots = Array.from({ length: count }, (_, index) => ({ name: `ticket ${index}`, bytes }))
    return (await attack().fire(shots)).map(({ body }) => (JSON.parse(body) as { ticket: string }).ticket)
  }
  /** Opens the wizard and is killed: the connection ends without a word. */
  const openAndDie = async (session: Session): Promise<void> => {
    const frames = [hello((await takeTickets(session, 1))[0])]
    const [outcome] = await attack().fire([shot(session, 'is killed', frames, 'told')])
    expect(outcome?.frames[0]).toContain('"started"')
    await waitUntil('the wizard runs on', SETTLE_MS, async () => (await leftovers()).length > 0)
  }

  describe('the terminal', () => {
    it('of a client that was killed is gone after its time of grace', async () => {
      await seeNothingLeft(Math.max(0, leftAt + GRACE_MS - Date.now()) + SETTLE_MS)
      expect(Date.now() - leftAt).toBeGreaterThan(GRACE_MS / 2)
      keepScore('terminal: client killed', 1, 1, `gone after ${Math.round((Date.now() - leftAt) / 1000)} s`)
    })

    it('runs no other command, and nothing before its ticket', async () => {
      const session = await logIn(attack().panel, attack().fire)
      const [spare, ...tickets] = await takeTickets(session, OTHERS.length + 1)
      const misused = (name: string, ...frames: string[]) => shot(session, name, frames, 'closed')
      const others = OTHERS.map((more, index) =>
        misused(JSON.stringify(more), hello(tickets[index], more), TYPED),
      )
      const early = [
        misused('typed before the hello', TYPED, hello(spare)),
        misused('typed behind a wrong ticket', hello('A'.repeat(43)), TYPED, TYPED),
        misused('ended before the hello', '{"type":"end"}'),
        misused('taken over before the hello', '{"type":"takeOver"}', hello('A'.repeat(43))),
      ]
      const firing = attack().fire([...others, ...early])
      const programs = await leftovers()
      const outcomes = await firing
      const codes: readonly number[] = [CLOSE_CODES.badFrame, CLOSE_CODES.ticketInvalid]
      const through = outcomes.filter(
        ({ closeCode, frames }) => closeCode === null || !codes.includes(closeCode) || frames.length > 0,
      )
      keepScore('terminal: another command', outcomes.length, outcomes.length - through.length)
      expect(through.map(({ name, closeCode, frames }) => ({ name, closeCode, frames }))).toEqual([])
      expect([...programs, ...(await leftovers())]).toEqual([])
    })

    it('of a session that is logged out is gone at once', async () => {
      const session = await logIn(attack().panel, attack().fire)
      const [ticket] = await takeTickets(session, 1)
      const live = attack().fire([shot(session, 'live', [hello(ticket)], 'closed')])
      await waitUntil('the terminal runs', SETTLE_MS, async () => (await leftovers()).length > 0)
      const bytes = requestBytes({ method: 'DELETE', target: '/api/session', headers: pageHeaders(session) })
      await attack().fire([{ name: 'logout', bytes }])
      expect((await live)[0]?.closeCode).toBe(CLOSE_CODES.sessionEnded)
      await seeNothingLeft(SETTLE_MS)
      keepScore('terminal: logged out', 1, 1)
    })
  })

  return {
    async leaveClient() {
      await openAndDie(await logIn(attack().panel, attack().fire))
      leftAt = Date.now()
    },
  }
}
