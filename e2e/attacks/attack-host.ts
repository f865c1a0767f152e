import { join } from 'node:path'
import { expect } from 'vitest'
import { createHost, type HostKind, type TestHost } from '../host/host.ts'
import { loginLink, type PanelHost, readToken, setUpBundled, startPanel } from '../host/panel-host.ts'
import { RELEASE_NODE } from '../host/panel-release.ts'
import { keepScore } from './scoreboard.ts'
import { GOOD_ORIGIN, type Header, headerValues, type Outcome, requestBytes, type Shot } from './shot.ts'

const CLIENT = '/opt/razroom-attacks/raw-client.ts'
const CANARY = 'canary-5f1d0c9ab37e42d6'
const NODE_QUIET = '--disable-warning=ExperimentalWarning'

/** A session as a browser would hold it. */
export interface Session {
  readonly cookie: string
  readonly csrfToken: string
}

/** What every attack works with. */
export interface AttackHost {
  readonly panel: PanelHost
  readonly session: Session
  /** Fires from inside the host, as root unless a user is named, sixteen at once unless said. */
  fire(shots: readonly Shot[], user?: string, atOnce?: number): Promise<Outcome[]>
  /** What no answer may tell: a key of the .env, and the gateway's token as it is now. */
  readSecrets(): Promise<string[]>
  /** Fires, and expects that every shot is refused: with one of these statuses, and without a secret in the answer. */
  expectRefused(
    attack: string,
    shots: readonly Shot[],
    statuses: readonly number[],
    user?: string,
  ): Promise<void>
  close(): Promise<void>
}

/** Puts the client that fires into a host. */
export async function openFire(host: TestHost): Promise<AttackHost['fire']> {
  await host.copyIn(join(import.meta.dirname, 'raw-client.ts'), CLIENT, 'root')
  await host.run(['chmod', '--recursive', 'u=rwX,go=rX', '/opt/razroom-attacks'])
  return async (shots, user = 'root', atOnce = 16) => {
    const run = [RELEASE_NODE, NODE_QUIET, CLIENT, String(atOnce)]
    const options = { user, input: JSON.stringify(shots), timeoutMs: 240_000 }
    return JSON.parse((await host.run(run, options)).stdout) as Outcome[]
  }
}

/** A host with a gateway that runs and secrets worth stealing, and one session. */
export async function openAttackHost(kind: HostKind = 'debian-13'): Promise<AttackHost> {
  const host = await createHost({ kind })
  try {
    const fire = await openFire(host)
    const panel = await startPanel(host)
    await setUpBundled(panel)
    await panel.cli('env', 'set', `OPENAI_API_KEY=${CANARY}`)
    const readSecrets = async () => [CANARY, await readToken(panel)]
    const secrets = await readSecrets()
    return {
      panel,
      readSecrets,
      session: await logIn(panel, fire),
      fire,
      async expectRefused(attack, shots, statuses, user) {
        const outcomes = await fire(shots, user)
        const through = outcomes.filter(({ status }) => !statuses.includes(status))
        keepScore(attack, outcomes.length, outcomes.length - through.length)
        expect(
          through.map(({ name, status, body }) => `${status} ${name}: ${body.slice(0, 200)}`),
          attack,
        ).toEqual([])
        const said = outcomes.filter(({ body }) => secrets.some((secret) => body.includes(secret)))
        expect(
          said.map(({ name }) => name),
          'no secret in an answer',
        ).toEqual([])
        const held = outcomes.filter(({ isLeftOpen }) => isLeftOpen)
        expect(
          held.map(({ name }) => name),
          'refused connections are closed',
        ).toEqual([])
      },
      close: () => host.destroy(),
    }
  } catch (error) {
    await host.destroy()
    throw error
  }
}

/** Swaps a code for a session, as the page does. */
export function loginShot(name: string, code: unknown, headers: readonly Header[] = []): Shot {
  const all: Header[] = [['Origin', GOOD_ORIGIN], ['Content-Type', 'application/json'], ...headers]
  const body = JSON.stringify({ code })
  return { name, bytes: requestBytes({ method: 'POST', target: '/api/session', headers: all, body }) }
}

/** The session that an answer to a login gives. @throws when it gives none */
export function sessionOf(outcome: Outcome | undefined): Session {
  const [cookie] = outcome ? headerValues(outcome, 'set-cookie') : []
  if (outcome?.status !== 200 || cookie === undefined) {
    throw new Error(`the login was refused: ${outcome?.status} ${outcome?.body}`)
  }
  const { csrfToken } = JSON.parse(outcome.body) as { csrfToken: string }
  return { cookie: cookie.split(';')[0] ?? '', csrfToken }
}

/** Logs in by a fresh link. */
export async function logIn(panel: PanelHost, fire: AttackHost['fire']): Promise<Session> {
  const { code } = await loginLink(panel)
  return sessionOf((await fire([loginShot('login', code)]))[0])
}

/** What the page of this session sends with every changing request. */
export function pageHeaders(session: Session): Header[] {
  return [
    ['Cookie', session.cookie],
    ['Origin', GOOD_ORIGIN],
    ['X-CSRF-Token', session.csrfToken],
  ]
}
