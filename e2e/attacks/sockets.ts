import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '../../contract/events.ts'
import { type AttackHost, logIn, pageHeaders, type Session } from './attack-host.ts'
import { FINISHING, HELLOS, SOCKETS, TOLD_ALL } from './routes.ts'
import { keepScore } from './scoreboard.ts'
import { GOOD_HOST, GOOD_ORIGIN, type Header, requestBytes, type Shot, UPGRADE } from './shot.ts'

/** Tickets live for half a minute (security.md, 4). */
const TICKET_LIFE_MS = 30_000

const handshake = (target: string, headers: readonly Header[], host = GOOD_HOST): string =>
  requestBytes({ target, host, headers: [...UPGRADE, ...headers] })
const hello = (path: string, ticket: unknown): string => JSON.stringify({ ...HELLOS[path], ticket })

async function takeTickets(
  fire: AttackHost['fire'],
  count: number,
  headers: readonly Header[],
): Promise<string[]> {
  const shots = Array.from({ length: count }, (_, index) => ({
    name: `ticket ${index}`,
    bytes: requestBytes({ method: 'POST', target: '/api/ws-ticket', headers }),
  }))
  return (await fire(shots)).map(({ body }) => (JSON.parse(body) as { ticket: string }).ticket)
}

/** Every shot is let in for the handshake and then gets nothing but a close. */
async function expectClosed(
  fire: AttackHost['fire'],
  title: string,
  shots: readonly Shot[],
  codes: readonly number[],
): Promise<void> {
  const outcomes = await fire(shots.map((shot): Shot => ({ ...shot, until: 'closed' })))
  const through = outcomes.filter(
    ({ frames, closeCode }) => frames.length > 0 || closeCode === null || !codes.includes(closeCode),
  )
  keepScore(title, outcomes.length, outcomes.length - through.length)
  expect(through.map(({ name, status, closeCode, frames }) => ({ name, status, closeCode, frames }))).toEqual(
    [],
  )
}

/** What a page of this session sends to be let in, without the secret of the session. */
const ownHeaders = ({ cookie }: Session): Header[] => [
  ['Origin', GOOD_ORIGIN],
  ['Cookie', cookie],
]

function useTicket(name: string, path: string, ticket: string, session: Session): Shot {
  const bytes = handshake(path, ownHeaders(session))
  return { name: `${path}, ${name}`, bytes, frames: [hello(path, ticket)] }
}

export function describeSockets(attack: () => AttackHost): void {
  const own = (): Header[] => ownHeaders(attack().session)
  const expectAllClosed = (title: string, shots: readonly Shot[], codes: readonly number[]) =>
    expectClosed(attack().fire, title, shots, codes)
  const takeOwn = (count: number, headers = pageHeaders(attack().session)) =>
    takeTickets(attack().fire, count, headers)

  describe('the sockets', () => {
    beforeAll(async () => {
      // Else the terminal is refused for the age of the login, and not for what is wrong in each case.
      const headers: Header[] = [...pageHeaders(attack().session), ['Content-Type', 'application/json']]
      const body = JSON.stringify({ confirm: 'show secrets' })
      const bytes = requestBytes({ method: 'POST', target: '/api/session/step-up', headers, body })
      const [outcome] = await attack().fire([{ name: 'step-up', bytes }])
      expect(outcome?.status).toBe(200)
    })

    it('all have a hello to attack them with', () => {
      expect(Object.keys(HELLOS).sort()).toEqual([...SOCKETS].sort())
    })

    it('refuse the handshake without login, without our Origin, and from elsewhere', async () => {
      const [cookie] = own().slice(1)
      if (!cookie) throw new Error('no cookie')
      const origin = (value: string): Header => ['Origin', value]
      const wrong: Readonly<Record<string, readonly Header[]>> = {
        'no cookie': [origin(GOOD_ORIGIN)],
        'wrong cookie': [origin(GOOD_ORIGIN), ['Cookie', `${cookie[1].slice(0, -2)}AA`]],
        'no Origin': [cookie],
        'another Origin': [cookie, origin('http://evil.com')],
        'Origin of the gateway': [cookie, origin('http://127.0.0.1:18789')],
        'Origin localhost': [cookie, origin('http://localhost:18780')],
        'Origin null': [cookie, origin('null')],
        'two Origins': [cookie, origin(GOOD_ORIGIN), origin('http://evil.com')],
        'cross-site': [cookie, origin(GOOD_ORIGIN), ['Sec-Fetch-Site', 'cross-site']],
        'same-site': [cookie, origin(GOOD_ORIGIN), ['Sec-Fetch-Site', 'same-site']],
        'bearer in place of a login': [origin(GOOD_ORIGIN), ['Authorization', `Bearer ${'A'.repeat(43)}`]],
      }
      const shots = SOCKETS.flatMap((path) =>
        Object.entries(wrong).map(([name, headers]) => ({
          name: `${path}, ${name}`,
          bytes: handshake(path, headers),
        })),
      )
      await attack().expectRefused('sockets: handshake', shots, [401, 403])
    })

    it('give nothing for a ticket that is not one', async () => {
      const tickets = await takeOwn(SOCKETS.length * 12)
      const spoil: Readonly<Record<string, (ticket: string) => unknown>> = {
        'made up': () => 'A'.repeat(43),
        'too short': (ticket) => ticket.slice(0, -1),
        'too long': (ticket) => `${ticket}A`,
        'with a blank': (ticket) => `${ticket} `,
        'in capitals': (ticket) => ticket.toUpperCase(),
        'twice as long': (ticket) => ticket.repeat(2),
      }
      const notTickets: Readonly<Record<string, (ticket: string) => unknown>> = {
        'in a list': (ticket) => [ticket],
        'no ticket': () => undefined,
        empty: () => '',
        null: () => null,
        'an object': () => ({ toString: 'x' }),
      }
      const shotsOf = (ways: typeof spoil): Shot[] =>
        SOCKETS.flatMap((path) =>
          Object.entries(ways).map(([name, way]) => ({
            name: `${path}, ticket ${name}`,
            bytes: handshake(path, own()),
            frames: [hello(path, way(tickets.pop() ?? ''))],
          })),
        )
      await expectAllClosed('sockets: spoilt ticket', shotsOf(spoil), [CLOSE_CODES.ticketInvalid])
      await expectAllClosed('sockets: no ticket', shotsOf(notTickets), [CLOSE_CODES.badFrame])
    })

    it('give nothing for a first frame that is not the hello, and look for a ticket nowhere else', async () => {
      const tickets = await takeOwn(SOCKETS.length * 2)
      const shots = SOCKETS.flatMap((path): Shot[] => {
        const [inUrl = '', inProtocol = ''] = tickets.splice(0, 2)
        const first = (name: string, ...frames: string[]): Shot => ({
          name: `${path}, ${name}`,
          bytes: handshake(path, own()),
          frames,
        })
        return [
          first('not JSON', 'hello'),
          first('empty', ''),
          first('a number', '1'),
          first('unknown key', JSON.stringify({ ...HELLOS[path], ticket: 'A'.repeat(43), admin: true })),
          first('too large', JSON.stringify({ ...HELLOS[path], ticket: 'A'.repeat(20_000) })),
          { ...first('ticket in the URL', '{}'), bytes: handshake(`${path}?ticket=${inUrl}`, own()) },
          {
            ...first('ticket as subprotocol', '{}'),
            bytes: handshake(path, [...own(), ['Sec-WebSocket-Protocol', inProtocol]]),
          },
        ]
      })
      // 1009: the frame was too large to be read (RFC 6455, 7.4.1).
      await expectAllClosed('sockets: first frame', shots, [CLOSE_CODES.badFrame, 1009])
    })

    it('take a ticket once, from its own session', async () => {
      const tickets = await takeOwn(SOCKETS.length)
      const stranger = await logIn(attack().panel, attack().fire)
      const foreign = await takeOwn(SOCKETS.length, pageHeaders(stranger))
      const use = (name: string, path: string, ticket: string) =>
        useTicket(name, path, ticket, attack().session)
      const pairs = SOCKETS.map((path, index) => ({ path, ticket: tickets[index] ?? '' }))
      // A terminal has to start a program before it has something to say.
      const right = pairs.map(
        ({ path, ticket }): Shot => ({
          ...use('right', path, ticket),
          listenMs: 700,
          until: FINISHING.includes(path) ? 'closed' : 'told',
        }),
      )
      const good = await attack().fire(right)
      expect(good.map(({ frames, closeCode }) => [frames.length > 0, closeCode])).toEqual(
        SOCKETS.map((path) => [true, FINISHING.includes(path) ? TOLD_ALL : null]),
      )
      const again = pairs.map(({ path, ticket }) => use('used before', path, ticket))
      await expectAllClosed('sockets: replayed ticket', again, [CLOSE_CODES.ticketInvalid])
      const other = SOCKETS.map((path, index) => use('of another session', path, foreign[index] ?? ''))
      await expectAllClosed('sockets: ticket of another session', other, [CLOSE_CODES.ticketInvalid])
    })

    it('close for a client that talks on, and for one that says nothing', async () => {
      const [ticket = ''] = await takeOwn(1)
      const path = '/api/events'
      const [talker, silent] = await attack().fire([
        {
          name: 'talks on',
          bytes: handshake(path, own()),
          frames: [hello(path, ticket), '{"type":"x"}'],
          until: 'closed',
        },
        { name: 'says nothing', bytes: handshake(path, own()), until: 'closed' },
      ])
      expect(talker?.closeCode).toBe(CLOSE_CODES.badFrame)
      expect(silent).toMatchObject({ closeCode: CLOSE_CODES.badFrame, frames: [] })
    })

    it('start no process before the ticket is accepted', async () => {
      const { panel } = attack()
      const findReaders = async () => {
        const agents = '(user|terminal)-agent.js'
        return (await panel.host.run(['pgrep', '--full', agents], { reject: false })).stdout.split('\n')
      }
      // Those of the attacks before may still be about to end.
      const before = await findReaders()
      const waiting: Shot[] = Array.from({ length: 10 }, (_, index) => ({
        name: `waits ${index}`,
        bytes: handshake(index % 2 === 0 ? '/api/logs/stream' : '/api/terminal', own()),
        listenMs: 2_500,
      }))
      const held = attack().fire(waiting)
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect((await findReaders()).filter((pid) => !before.includes(pid))).toEqual([])
      const outcomes = await held
      expect(outcomes.map(({ status, frames }) => `${status} ${frames.length}`)).toEqual(
        waiting.map(() => '101 0'),
      )
    })

    it('end within a second after the logout of their session', () =>
      expectEnd(attack(), 'the logout', '/api/session'))
  })
}

/**
 * Takes a ticket for each socket at once; the returned test waits until they are too old, so call this early and the
 * test late, but before the daemon is restarted, which forgets them.
 */
export async function makeOldTickets({ panel, fire, session }: AttackHost): Promise<() => Promise<void>> {
  const pids = async () => [await panel.pid('front'), await panel.pid('root')]
  const [tickets, before] = [await takeTickets(fire, SOCKETS.length, pageHeaders(session)), await pids()]
  const madeAt = Date.now()
  return async () => {
    await sleep(Math.max(0, madeAt + TICKET_LIFE_MS + 500 - Date.now()))
    const old = SOCKETS.map((path, index) => useTicket('too old', path, tickets[index] ?? '', session))
    await expectClosed(fire, 'sockets: old ticket', old, [CLOSE_CODES.ticketInvalid])
    expect(await pids()).toEqual(before)
  }
}

/** For the end of the suite: its own session goes, too. */
export function describeEndOfAll(attack: () => AttackHost): void {
  it('all sessions end at once, and their sockets within a second', async () => {
    await expectEnd(attack(), 'the end of all sessions', '/api/sessions')
    const bytes = requestBytes({ target: '/api/status', headers: [['Cookie', attack().session.cookie]] })
    const [other] = await attack().fire([{ name: 'another session', bytes }])
    expect(other?.status).toBe(401)
    expect(await attack().panel.cli('sessions', 'list')).toEqual([])
  })
}

/** A session with every socket open is ended by a DELETE. */
async function expectEnd({ panel, fire }: AttackHost, what: string, target: string): Promise<void> {
  const leaving = await logIn(panel, fire)
  const cookie = ownHeaders(leaving)
  const lasting = SOCKETS.filter((path) => !FINISHING.includes(path))
  const tickets = await takeTickets(fire, lasting.length, pageHeaders(leaving))
  const live = lasting.map((path, index): Shot => {
    const frames = [hello(path, tickets[index] ?? '')]
    return { name: path, bytes: handshake(path, cookie), frames, until: 'closed' }
  })
  const bytes = requestBytes({ method: 'DELETE', target, headers: pageHeaders(leaving) })
  const outcomes = await fire([...live, { name: what, bytes, afterTold: true }])
  const { status = 0, endedAt: leftAt = 0, tookMs: aloneMs = 0 } = outcomes.at(-1) ?? {}
  expect([200, 204]).toContain(status)
  const ended = outcomes.slice(0, -1)
  expect(ended.map(({ name, frames, closeCode }) => [name, frames.length > 0, closeCode])).toEqual(
    lasting.map((path) => [path, true, CLOSE_CODES.sessionEnded]),
  )
  // On a machine where the request alone takes long, some of these.
  const limitMs = Math.max(1_000, 10 * aloneMs)
  for (const { name, endedAt } of ended) expect(endedAt - leftAt, name).toBeLessThan(limitMs)
  const after = { name: 'after', bytes: requestBytes({ target: '/api/status', headers: cookie.slice(1) }) }
  expect((await fire([after]))[0]?.status).toBe(401)
}
