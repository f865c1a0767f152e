/** The whole door of the page, with the real sessions and nothing behind it: what e2e/attacks tries on a machine, in short. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach } from 'vitest'
import { buildApp } from './app.ts'
import { SetupError } from './errors.ts'
import type { AuditPort } from './http/audit-hook.ts'
import { createSessions, type Sessions } from './http/session.ts'
import type { PanelDeps } from './routes/deps.ts'

export type Headers = Readonly<Record<string, string>>

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Door {
  app: FastifyInstance
  sessions: Sessions
  port: number
  /** The files of the page. */
  webDir: string
  /** What the machine behind the door says, as far as it is asked. */
  readState: () => Promise<never>
}

/** Opens a door for each test of the file. */
export function useDoor() {
  const door = {} as Door
  beforeEach(async () => {
    const webDir = await mkdtemp(join(tmpdir(), 'razroom-panel-web-'))
    door.webDir = webDir
    await writeFile(join(webDir, 'index.html'), '<!doctype html><title>page</title>')
    door.sessions = await createSessions({ read: async () => [], write: async () => {} })
    const host = { readState: () => door.readState() }
    door.readState = () => Promise.reject(new SetupError('SETUP_REQUIRED'))
    const audit: AuditPort = {
      within: (_cause, work) => work(),
      note: async () => {},
      noteStill: async () => {},
      refuse: () => {},
      readByScript: () => {},
    }
    const deps = {
      sessions: door.sessions,
      host,
      audit,
      port: 18780,
      cookieName: 'panel',
    } as unknown as PanelDeps
    const guards = {
      sessions: door.sessions,
      cookieName: 'panel',
      apiToken: 'scripts-token-0123456789abcdef',
      allowedHosts: () => [`127.0.0.1:${door.port}`],
      adminUids: () => [],
      findPeerUid: async () => 0,
    }
    door.app = await buildApp(deps, { kind: 'browser', guards, webDir, isListed: async () => true })
    await door.app.listen({ host: '127.0.0.1', port: 0 })
    door.port = (door.app.server.address() as { port: number }).port
  })
  afterEach(async () => {
    await door.app.close()
    await rm(door.webDir, { recursive: true })
  })

  function ask(key: string, headers: Headers = {}, body?: string): Promise<Answer> {
    const [method = '', path = ''] = key.split(' ')
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: door.port, method, path, headers, agent: false },
        (answer) => {
          text(answer).then(
            (said) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }),
            reject,
          )
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })
  }

  /** What the page sends; `body` as JSON. */
  const send = (key: string, headers: Headers, body?: unknown) => {
    const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const all = { Origin: `http://127.0.0.1:${door.port}`, ...json, ...headers }
    return ask(key, all, body === undefined ? undefined : JSON.stringify(body))
  }

  async function logIn(): Promise<{ headers: Headers; cookie: string }> {
    const answer = await send('POST /api/session', {}, { code: door.sessions.issueCode().code })
    const [cookie = ''] = answer.headers['set-cookie'] ?? []
    const { csrfToken } = JSON.parse(answer.body) as { csrfToken: string }
    return { headers: { Cookie: cookie.split(';')[0] ?? '', 'X-CSRF-Token': csrfToken }, cookie }
  }

  return { door, ask, send, logIn }
}
