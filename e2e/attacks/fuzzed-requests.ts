import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import type { Settings } from '../../contract/settings.ts'
import { callApi } from '../host/panel-api.ts'
import { CONFIG_FILE, ENV_FILE } from '../journeys/gateway-container.ts'
import { faultsOf, mayEndUnanswered, type Trial } from './answer-faults.ts'
import { type AttackHost, logIn, pageHeaders, type Session } from './attack-host.ts'
import { SEEDS } from './env-requests.ts'
import { type Draft, draftsOf } from './fuzz-requests.ts'
import { pageOf, type Sender, shotOf, strangersOf } from './fuzz-senders.ts'
import { differences, type MachineState, panelPids, readMachine } from './read-machine.ts'
import { keepScore } from './scoreboard.ts'
import { type Outcome, requestBytes } from './shot.ts'

/** Requests for each endpoint: by strangers, spoilt ones of the page, and right ones of the page. */
const COUNTS = { stranger: 9, spoilt: 13, right: 8 }

/**
 * Endpoints whose right requests are not sent: they would take the fuzzing's own session, or long. Those that start an
 * operation (202) are held back by themselves; the model of the daemon in use sends some of them.
 */
const HELD_BACK: ReadonlySet<string> = new Set([
  'DELETE /api/session',
  'DELETE /api/sessions',
  'POST /api/registry-logins',
])

const endpoints = (Object.entries(ENDPOINTS) as [string, Endpoint][]).filter(
  ([key]) => !key.startsWith('WS '),
)
const isHeldBack = (key: string, { status }: Endpoint): boolean => status === 202 || HELD_BACK.has(key)

/** Every endpoint, and requests for it that come from its schemas: those of the contract are enough to fuzz a new one. */
export function describeFuzzedRequests(attack: () => AttackHost): void {
  describe.each(SEEDS)('requests made from the contract (RAZROOM_TEST_SEED=%i)', (seed) => {
    let ended: Session
    let before: MachineState
    let secrets: string[]

    beforeAll(async () => {
      const { panel, fire } = attack()
      ended = await logIn(panel, fire)
      const bytes = requestBytes({ method: 'DELETE', target: '/api/session', headers: pageHeaders(ended) })
      expect((await fire([{ name: 'logout', bytes }]))[0]?.status).toBe(204)
      secrets = await attack().readSecrets()
      before = await readMachine(panel)
    })

    /** @param salt so that no two samples of a run are the same */
    const sample = (count: number, salt: number, etags: readonly string[] = []) =>
      endpoints.flatMap(([key, endpoint], index) =>
        fc
          .sample(draftsOf(key, endpoint, etags), {
            seed: Math.imul(seed, 10_007) + 1_000 * salt + index,
            numRuns: count,
          })
          .map((draft) => ({ draft, endpoint })),
      )
    /** One of those that ask the same: what follows a mark of interrogation, where nothing is asked for, is not read. */
    const distinct = (trials: readonly Trial[]): Trial[] => {
      const asked = ({ draft: { key, target, body }, endpoint: { query } }: Trial) =>
        JSON.stringify([key, query ? target : target.split('?')[0], body])
      return [...new Map(trials.map((trial) => [asked(trial), trial])).values()]
    }
    const by = (sender: Sender, { draft, endpoint }: { draft: Draft; endpoint: Endpoint }): Trial => ({
      draft,
      endpoint,
      sender,
      shot: shotOf(draft, sender),
    })

    async function fireAll(trials: readonly Trial[]): Promise<{ trial: Trial; outcome: Outcome }[]> {
      const done: { trial: Trial; outcome: Outcome }[] = []
      for (const [user, own] of Map.groupBy(trials, ({ sender }) => sender.user ?? 'root')) {
        const outcomes = await attack().fire(
          own.map(({ shot }) => shot),
          user,
        )
        for (const [index, trial] of own.entries()) {
          const outcome = outcomes[index]
          if (outcome) done.push({ trial, outcome })
        }
      }
      return done
    }

    /** Fires, judges each answer, and says in the table how many were refused. */
    async function expectFine(
      attackName: string,
      trials: readonly Trial[],
      judge: (trial: Trial, outcome: Outcome) => string[],
    ): Promise<void> {
      const begun = performance.now()
      const done = await fireAll(trials)
      const said = done.flatMap(({ trial, outcome }) =>
        [...faultsOf(trial, outcome, secrets), ...judge(trial, outcome)].map(
          (fault) => `${fault}: ${outcome.status} ${outcome.name} => ${outcome.body.slice(0, 300)}`,
        ),
      )
      expect(said, `RAZROOM_TEST_SEED=${seed}`).toEqual([])
      expect(done.length).toBe(trials.length)
      const refused = done.filter(({ outcome }) => outcome.status === 0 || outcome.status >= 400)
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
      keepScore(attackName, done.length, refused.length, `${seconds} s, seed ${seed}`)
    }

    const expectUnchanged = async () => {
      const now = await readMachine(attack().panel)
      expect(differences(before, now), `RAZROOM_TEST_SEED=${seed}`).toEqual([])
    }

    it('change nothing, tell nothing and break nothing when they come from somebody who may not', async () => {
      const strangers = strangersOf(attack().session, ended)
      const trials = sample(COUNTS.stranger, 1).flatMap((made, index): Trial[] => {
        const sender = strangers[index % strangers.length]
        const isOpen = made.endpoint.access === 'public' && sender?.host === undefined
        const isRead = made.draft.method === 'GET' && sender?.mayRead === true
        return sender === undefined || isOpen || isRead ? [] : [by(sender, made)]
      })
      expect(trials.filter(({ draft }) => draft.isValid).length).toBeGreaterThan(trials.length / 10)
      await expectFine('requests of strangers, from the contract', trials, ({ draft }, { status }) => {
        // Broken HTTP, and the body of a request to nowhere, are refused before anybody is asked for a login.
        const early = draft.isBroken ? [400, 431] : draft.isElsewhere ? [400, 413] : []
        // So is a head of more than 16 KiB.
        const long = draft.target.length > 12_000 ? [431] : []
        const lost = mayEndUnanswered(draft) ? [0] : []
        return [401, 403, 404, 415, 421, ...early, ...long, ...lost].includes(status) ? [] : ['not refused']
      })
      await expectUnchanged()
    })

    it('change nothing and break nothing when something of them is not what the contract takes', async () => {
      const trials = sample(COUNTS.spoilt, 2)
        .filter(({ draft }) => !draft.isValid)
        .map((made) => by(pageOf(attack().session), made))
      await expectFine('spoilt requests of the page, from the contract', trials, (_trial, { status }) =>
        status === 0 || (status >= 400 && status < 500) ? [] : ['not refused'],
      )
      await expectUnchanged()
    })

    it('are answered as the contract says when they are right', async () => {
      const { panel } = attack()
      const settings = (await callApi(panel, 'GET /api/settings')).body as Settings
      const etags = await readEtags()
      const files = await keepFiles()
      const trials = sample(COUNTS.right, 3, etags)
        .filter(({ draft, endpoint }) => draft.isValid && !isHeldBack(draft.key, endpoint))
        .map((made) => by(pageOf(attack().session), made))
      try {
        await expectFine('right requests of the page, from the contract', distinct(trials), () => [])
      } finally {
        await callApi(panel, 'PUT /api/settings', changeable(settings))
        await files.putBack()
      }
      expect(await panelPids(panel)).toBe(before.pid)
    })

    /** What was saved may keep the gateway from starting: that is not what is looked at here. */
    async function keepFiles(): Promise<{ putBack(): Promise<void> }> {
      const { host } = attack().panel
      const paths = [ENV_FILE, CONFIG_FILE]
      const kept = await Promise.all(paths.map((path) => host.run(['base64', '--wrap=0', path])))
      const write = (path: string, base64: string) =>
        host.run(['sh', '-c', 'base64 --decode > "$0"', path], { user: 'razroom', input: base64 })
      return {
        putBack: async () => {
          await Promise.all(paths.map((path, index) => write(path, kept[index]?.stdout ?? '')))
        },
      }
    }

    async function readEtags(): Promise<string[]> {
      const answers = await Promise.all(
        ['GET /api/env', 'GET /api/config'].map((key) => callApi(attack().panel, key)),
      )
      return answers.map(({ body }) => (body as { etag: string }).etag)
    }
  })
}

/** What of the settings a page can set. */
function changeable({
  gatewayPort,
  bridgePort,
  publishAddress,
  backupSchedule,
  allowedHosts,
  adminUids,
}: Settings) {
  return { gatewayPort, bridgePort, publishAddress, backupSchedule, allowedHosts, adminUids }
}
