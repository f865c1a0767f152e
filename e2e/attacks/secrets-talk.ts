import { expect } from 'vitest'
import type { PanelHost } from '../host/panel-host.ts'
import { type AttackHost, pageHeaders, type Session } from './attack-host.ts'
import type { Canaries } from './canaries.ts'
import { type Header, type Outcome, requestBytes, type Shot, UPGRADE } from './shot.ts'

/** Whom the talk is with: known when the host is up. */
interface TalkParts {
  readonly panel: PanelHost
  readonly fire: AttackHost['fire']
  readonly session: Session
}

/** Ways to talk to the panel that keep all it says, to look for secrets in it. */
export function createTalk(canaries: Canaries, parts: () => TalkParts) {
  /** What commands and answers that may not hold a secret have said. */
  const said: { what: string; text: string }[] = []

  const cli = async (args: readonly string[], input?: string): Promise<void> => {
    const result = await parts().panel.tryCli(args, input === undefined ? {} : { input })
    said.push({ what: args.join(' '), text: `${result.stdout}\n${result.stderr}` })
    expect(result.exitCode, `${args.join(' ')}: ${result.stdout}${result.stderr}`).toBe(0)
  }
  const shot = (key: string, body?: object | string, headers: readonly Header[] = []): Shot => {
    const [method = '', target = ''] = key.split(' ')
    const type: Header[] = body === undefined ? [] : [['Content-Type', 'application/json']]
    const all = [...pageHeaders(parts().session), ...type, ...headers]
    const bytes = { method, target, headers: all }
    if (body === undefined) return { name: key, bytes: requestBytes(bytes) }
    return {
      name: key,
      bytes: requestBytes({ ...bytes, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }
  }
  const ask = async (shots: readonly Shot[]): Promise<Outcome[]> => {
    const outcomes = await parts().fire(shots)
    for (const { name, status, headers, body, frames } of outcomes)
      said.push({ what: `${status} ${name}`, text: `${JSON.stringify(headers)}${body}${frames.join('\n')}` })
    return outcomes
  }
  const etag = async () => {
    const [outcome] = await ask([shot('GET /api/env')])
    return (JSON.parse(outcome?.body ?? '') as { etag: string }).etag
  }
  const save = async (change: object | string): Promise<Outcome | undefined> =>
    (await ask([shot('PUT /api/env', change, [['If-Match', `"${await etag()}"`]])]))[0]
  /** The frames of the events' socket, from an event on. */
  const readEvents = async (since?: string): Promise<string[]> => {
    const [answer] = await parts().fire([shot('POST /api/ws-ticket')])
    const { ticket } = JSON.parse(answer?.body ?? '') as { ticket: string }
    const headers = [...UPGRADE, ...pageHeaders(parts().session)]
    const hello = { type: 'hello', ticket, ...(since === undefined ? {} : { since }) }
    const socket: Shot = {
      name: 'events',
      bytes: requestBytes({ target: '/api/events', headers }),
      frames: [JSON.stringify(hello)],
      listenMs: 2_000,
      until: 'told',
    }
    return (await ask([socket]))[0]?.frames.map(String) ?? []
  }
  const leaks = () =>
    said.flatMap(({ what, text }) => canaries.findIn(text).map((field) => `${field} in: ${what}`))

  return { cli, shot, ask, etag, save, readEvents, leaks, said }
}
