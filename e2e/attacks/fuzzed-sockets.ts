import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES, EventsHello } from '../../contract/events.ts'
import { LogSearchHello, LogsHello } from '../../contract/logs.ts'
import { TerminalHello, TerminalMessage } from '../../contract/terminal.ts'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { SEEDS } from './env-requests.ts'
import { nearValid } from './near-valid.ts'
import { panelPids } from './read-machine.ts'
import { FINISHING, SOCKETS, TOLD_ALL } from './routes.ts'
import { type Json, validValue } from './schema-arbitrary.ts'
import { keepScore } from './scoreboard.ts'
import { type Outcome, requestBytes, type Shot, UPGRADE } from './shot.ts'
import { fragments, harmlessFrames, textBytes, wrongFrames } from './socket-frames.ts'

/** Connections to each socket. */
const COUNT = 7
/** Schemas of the first frames. A new socket needs a line here, else its fuzzing fails. */
const HELLOS: Readonly<Record<string, TSchema>> = {
  '/api/events': EventsHello,
  '/api/logs/stream': LogsHello,
  '/api/logs/search': LogSearchHello,
  '/api/terminal': TerminalHello,
}
/** Of the protocol itself: an error of it, bytes that are no text, a frame that is too large (RFC 6455, 7.4.1). */
const PROTOCOL = [1002, 1007, 1009]
/** After a close frame of the client the server repeats its code, or there is none. */
const CLOSED = [1005, 1001]

export function describeFuzzedSockets(attack: () => AttackHost): void {
  describe.each(SEEDS)('frames made from the contract (RAZROOM_TEST_SEED=%i)', (seed) =>
    fuzzSockets(attack, seed),
  )
}

function fuzzSockets(attack: () => AttackHost, seed: number): void {
  const own = () => pageHeaders(attack().session).slice(0, 2)
  const open = (path: string): string => requestBytes({ target: path, headers: [...UPGRADE, ...own()] })
  const sample = <T>(arbitrary: Arbitrary<T>, salt: number, count = COUNT): T[] =>
    fc.sample(arbitrary, { seed: Math.imul(seed, 10_007) + salt, numRuns: count })

  async function takeTickets(count: number): Promise<string[]> {
    const bytes = requestBytes({
      method: 'POST',
      target: '/api/ws-ticket',
      headers: pageHeaders(attack().session),
    })
    const shots = Array.from({ length: count }, (_, index) => ({ name: `ticket ${index}`, bytes }))
    const outcomes = await attack().fire(shots)
    return outcomes.map(({ body }) => (JSON.parse(body) as { ticket: string }).ticket)
  }

  /** A hello with a ticket that counts; what else is in it stays. */
  const withTicket = (hello: Json, ticket: string): Json =>
    typeof hello === 'object' && hello !== null && 'ticket' in hello && typeof hello.ticket === 'string'
      ? Object.fromEntries(
          Object.entries(hello).map(([key, value]) => [key, key === 'ticket' ? ticket : value]),
        )
      : hello

  async function expectFine(
    title: string,
    shots: readonly Shot[],
    judge: (outcome: Outcome, index: number) => string | null,
  ): Promise<void> {
    const pid = await panelPids(attack().panel)
    const outcomes = await attack().fire(shots)
    const said = outcomes.flatMap((outcome, index) => {
      const { name, status, closeCode, frames, isLeftOpen } = outcome
      const fault =
        (status === 101 ? null : 'no handshake') ??
        (isLeftOpen ? 'left open' : null) ??
        (closeCode === 1011 || closeCode === 1006 ? 'the panel failed' : null) ??
        judge(outcome, index)
      return fault === null
        ? []
        : [`${fault}: ${status} ${closeCode} ${name} => ${frames.join().slice(0, 200)}`]
    })
    expect(said, `RAZROOM_TEST_SEED=${seed}`).toEqual([])
    expect(await panelPids(attack().panel)).toBe(pid)
    keepScore(
      title,
      shots.length,
      outcomes.filter(({ closeCode }) => closeCode !== null).length,
      `seed ${seed}`,
    )
  }

  describe('frames', () => {
    beforeAll(async () => {
      // Else the terminal is refused for the age of the login.
      const headers = [...pageHeaders(attack().session), ['Content-Type', 'application/json'] as const]
      const body = JSON.stringify({ confirm: 'show secrets' })
      const bytes = requestBytes({ method: 'POST', target: '/api/session/step-up', headers, body })
      expect((await attack().fire([{ name: 'step-up', bytes }]))[0]?.status).toBe(200)
      expect(Object.keys(HELLOS).sort()).toEqual([...SOCKETS].sort())
    })

    it('that are no hello are answered by a close, before anything is told', async () => {
      const shots = SOCKETS.flatMap((path, at): Shot[] => {
        const hello = HELLOS[path] ?? EventsHello
        const values = sample(fc.oneof(nearValid(hello), validValue(hello)), 10 + at)
        const wrong = sample(wrongFrames, 20 + at)
        return [
          ...values.map((value) => ({
            name: `${path} ${JSON.stringify(value).slice(0, 200)}`,
            bytes: open(path),
            pieces: [textBytes(JSON.stringify(value))],
            until: 'closed' as const,
          })),
          ...wrong.map((pieces) => ({
            name: `${path} ${JSON.stringify(pieces.join('')).slice(0, 200)}`,
            bytes: open(path),
            pieces: [...harmlessFrames, ...pieces],
            until: 'closed' as const,
          })),
        ]
      })
      const codes = [CLOSE_CODES.badFrame, CLOSE_CODES.ticketInvalid, ...PROTOCOL, ...CLOSED]
      await expectFine('first frames, from the contract', shots, ({ frames, closeCode }) => {
        if (frames.length > 0) return 'something was told'
        return closeCode !== null && codes.includes(closeCode) ? null : 'not closed'
      })
    })

    it('that are a hello with a ticket are served or refused, and only right ones are served', async () => {
      const paths = SOCKETS.filter((path) => path !== '/api/terminal')
      const tickets = await takeTickets(paths.length * COUNT)
      const values = paths.flatMap((path, at) =>
        sample(
          fc.oneof(nearValid(HELLOS[path] ?? EventsHello), validValue(HELLOS[path] ?? EventsHello)),
          30 + at,
        ).map((value) => ({ path, hello: withTicket(value, tickets.pop() ?? '') })),
      )
      const isRight = values.map(({ path, hello }) =>
        Value.Check(HELLOS[path] ?? EventsHello, JSON.parse(JSON.stringify(hello)) as unknown),
      )
      const shots = values.map(({ path, hello }, index): Shot => {
        const text = JSON.stringify(hello)
        const pieces = index % 2 === 0 ? [textBytes(text)] : fragments(text, 1 + (index % 40))
        const name = `${path} ${text.slice(0, 200)}`
        return { name, bytes: open(path), pieces, listenMs: 1_000, until: 'told' }
      })
      await expectFine('hellos, from the contract', shots, ({ frames, closeCode }, index) => {
        // A search may be over, or wait for others, or be refused for a pattern that is none.
        if (isRight[index] && FINISHING.includes(values[index]?.path ?? ''))
          return [null, TOLD_ALL, CLOSE_CODES.refused].includes(closeCode) ? null : 'not served'
        if (isRight[index]) return closeCode === null && frames.length > 0 ? null : 'not served'
        if (frames.length > 0) return 'served'
        return closeCode !== null &&
          [CLOSE_CODES.badFrame, CLOSE_CODES.ticketInvalid, 1009].includes(closeCode)
          ? null
          : 'not closed'
      })
    })

    it('that follow the hello close a socket that listens to nothing', async () => {
      const paths = SOCKETS.filter((path) => path !== '/api/terminal')
      const tickets = await takeTickets(paths.length * COUNT)
      const shots = paths.flatMap((path, at) =>
        sample(
          fc.oneof(
            wrongFrames,
            validValue(TerminalMessage).map((value) => [textBytes(JSON.stringify(value))]),
          ),
          40 + at,
        ).map(
          (pieces): Shot => ({
            name: `${path} ${JSON.stringify(pieces.join('')).slice(0, 200)}`,
            bytes: open(path),
            frames: [hello(path, tickets.pop())],
            pieces: [...harmlessFrames, ...pieces],
            until: 'closed',
          }),
        ),
      )
      const codes = [CLOSE_CODES.badFrame, ...PROTOCOL, ...CLOSED]
      await expectFine('frames after the hello, from the contract', shots, ({ name, closeCode }) => {
        // A search may be over before the frame comes.
        const isOver = closeCode === TOLD_ALL && FINISHING.some((path) => name.startsWith(`${path} `))
        return isOver || (closeCode !== null && codes.includes(closeCode)) ? null : 'not closed'
      })
    })

    it('of a terminal do nothing but what its messages say', async () => {
      const path = '/api/terminal'
      const [first = '', ...tickets] = await takeTickets(COUNT * 2 + 1)
      // The one who sits there: every right message, then the end.
      const right = sample(validValue(TerminalMessage), 50, COUNT * 4).filter(isNoEnd)
      const seated: Shot = {
        name: 'right messages',
        bytes: open(path),
        frames: [hello(path, first), ...right.map((value) => JSON.stringify(value)), '{"type":"end"}'],
        listenMs: 6_000,
      }
      const sitting = attack().fire([seated])
      const values = sample(nearValid(TerminalMessage), 60, COUNT)
      const isRight = values.map((value) =>
        Value.Check(TerminalMessage, JSON.parse(JSON.stringify(value)) as unknown),
      )
      const shots = [
        ...values.map((value, index): Shot => {
          const text = JSON.stringify(value)
          const listened = isRight[index] === true ? { listenMs: 3_000 } : { until: 'closed' as const }
          return { ...message(text, [textBytes(text)]), ...listened }
        }),
        ...sample(wrongFrames, 70, COUNT).map(
          (pieces): Shot => ({ ...message(JSON.stringify(pieces.join('')), pieces), until: 'closed' }),
        ),
      ]
      function message(what: string, pieces: readonly string[]): Shot {
        const frames = [hello(path, tickets.pop())]
        return { name: what.slice(0, 200), bytes: open(path), frames, pieces }
      }
      const codes = [CLOSE_CODES.badFrame, CLOSE_CODES.takenOver, ...PROTOCOL, ...CLOSED]
      await expectFine('messages to a terminal, from the contract', shots, ({ closeCode }, index) => {
        if (isRight[index] === true) return null
        return closeCode !== null && codes.includes(closeCode) ? null : 'not closed'
      })
      const [end] = await sitting
      expect(end?.status).toBe(101)
      expect([null, CLOSE_CODES.takenOver, 1000, 1005], `RAZROOM_TEST_SEED=${seed}`).toContain(end?.closeCode)
    })
  })

  function hello(path: string, ticket: unknown): string {
    const more = {
      '/api/logs/stream': { backlog: 3 },
      '/api/logs/search': { query: { text: 'a', kind: 'plain', limit: 1, context: 0 } },
      '/api/terminal': { command: 'security-audit', cols: 80, rows: 24 },
    }
    return JSON.stringify({ type: 'hello', ticket, ...(path in more ? more[path as keyof typeof more] : {}) })
  }
}

const isNoEnd = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  value.type !== 'end' &&
  value.type !== 'takeOver'
