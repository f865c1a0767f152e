import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { loginLink } from '../host/panel-host.ts'
import { type AttackHost, logIn, loginShot } from './attack-host.ts'
import { keepScore } from './scoreboard.ts'
import { type Header, headerValues, requestBytes } from './shot.ts'

/** Login codes live for two minutes (security.md, 5). */
const CODE_LIFE_MS = 2 * 60_000
const STATE_FILE = '/var/lib/razroom-panel/state.json'

/** A second; on a machine where a login alone takes long, some of these. */
const withinSecond = (aloneMs = 0): number => Math.max(1_000, 10 * aloneMs)
/** Who is held back is late each time, and not only when the machine stood still for a moment. */
const TRIES = 3

/** Makes a code at once; the returned test waits until it is too old, so call this early and the test late. */
export async function makeOldCode(attack: AttackHost): Promise<() => Promise<void>> {
  const { code } = await loginLink(attack.panel)
  const madeAt = Date.now()
  return async () => {
    await sleep(Math.max(0, madeAt + CODE_LIFE_MS + 500 - Date.now()))
    await attack.expectRefused('login: old code', [loginShot('too old', code)], [401])
  }
}

export function describeLogin(attack: () => AttackHost): void {
  const newCode = async () => (await loginLink(attack().panel)).code

  describe('the login', () => {
    it('is not used up by looking at the link', async () => {
      const code = await newCode()
      const targets = [`/?code=${code}`, `/#code=${code}`, `/api/session?code=${code}`, `/login?code=${code}`]
      const looks = targets.flatMap((target) =>
        ['GET', 'HEAD', 'OPTIONS'].map((method) => ({
          name: `${method} ${target.replace(code, 'CODE')}`,
          bytes: requestBytes({ method, target }),
        })),
      )
      const cookies = (await attack().fire(looks)).filter((o) => headerValues(o, 'set-cookie').length > 0)
      expect(cookies.map(({ name }) => name)).toEqual([])
      const [login] = await attack().fire([loginShot('after the looks', code)])
      expect(login?.status).toBe(200)
    })

    it('takes a code once, even when sixteen come at the same moment', async () => {
      const code = await newCode()
      const outcomes = await attack().fire(
        Array.from({ length: 16 }, (_, index) => loginShot(`race ${index}`, code)),
      )
      expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1)
      keepScore(
        'login: one code, sixteen at once',
        16,
        outcomes.filter(({ status }) => status !== 200).length,
      )
      await attack().expectRefused('login: used code', [loginShot('again', code)], [401, 429])
    })

    it('gives a fresh session in a cookie that scripts and other sites do not get', async () => {
      const fixed: Header = ['Cookie', `razroom-panel-18780=${'A'.repeat(43)}`]
      const [outcome] = await attack().fire([
        loginShot('with a cookie planted before', await newCode(), [fixed]),
      ])
      const [cookie = ''] = outcome ? headerValues(outcome, 'set-cookie') : []
      expect(cookie).toMatch(/^razroom-panel-18780=[A-Za-z0-9_-]{43};/)
      expect(cookie).not.toContain('A'.repeat(43))
      const attributes = cookie
        .split(';')
        .slice(1)
        .map((part) => part.trim().toLowerCase())
      expect(attributes).toEqual(expect.arrayContaining(['httponly', 'samesite=strict', 'path=/']))
      expect(cookie.toLowerCase()).not.toContain('domain')
    })

    it('is not hidden by a cookie of the same name, which a gateway on this machine can set', async () => {
      const [login] = await attack().fire([loginShot('for a cookie', await newCode())])
      const [cookie = ''] = login ? headerValues(login, 'set-cookie') : []
      const own = cookie.split(';')[0] ?? ''
      const send = (name: string, cookies: string) => {
        const headers: Header[] = [['Cookie', cookies]]
        return { name, bytes: requestBytes({ method: 'GET', target: '/api/status', headers }) }
      }
      const outcomes = await attack().fire([
        send('in front', `razroom-panel-18780=${'A'.repeat(43)}; ${own}`),
        send('alone', `razroom-panel-18780=${'A'.repeat(43)}`),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual([200, 401])
    })

    it('refuses wrong codes, holds back who tries many, and lets the right one in at once', async () => {
      const code = await newCode()
      const wrong: unknown[] = [
        code.slice(0, -1),
        `${code}A`,
        ` ${code}`,
        code.toUpperCase(),
        'A'.repeat(43),
        '',
        'A'.repeat(5000),
        null,
        [code],
        { code },
        0,
        '__proto__',
      ]
      const guesses = Array.from({ length: 200 }, (_, index) => String(index).padStart(43, 'A'))
      const shots = [...wrong, ...guesses].map((guess, index) => loginShot(`guess ${index}`, guess))
      const [alone] = await attack().fire([loginShot('alone', await newCode())])
      expect(alone?.status).toBe(200)
      const limitMs = withinSecond(alone?.tookMs)
      const begun = Date.now()
      await attack().expectRefused('login: wrong codes', shots, [400, 401, 429])
      const outcomes = await attack().fire(guesses.slice(0, 5).map((guess) => loginShot('more', guess)))
      expect(outcomes.map(({ status }) => status)).toEqual([429, 429, 429, 429, 429])
      const times: number[] = []
      while (times.length < TRIES && times.every((tookMs) => tookMs >= limitMs)) {
        const next = times.length === 0 ? code : await newCode()
        const [right] = await attack().fire([loginShot('right', next)])
        expect(right?.status).toBe(200)
        times.push(right?.tookMs ?? Infinity)
      }
      expect(Math.min(...times), times.join()).toBeLessThan(limitMs)
      expect(Date.now() - begun).toBeLessThan(60_000)
    })

    it('is not blocked by another user who floods it', async () => {
      const flood = Array.from({ length: 400 }, (_, index) => loginShot(`flood ${index}`, 'A'.repeat(43)))
      const [alone] = await attack().fire([loginShot('root alone', await newCode())])
      expect(alone?.status).toBe(200)
      const limitMs = withinSecond(alone?.tookMs)
      const times: number[] = []
      while (times.length < TRIES && times.every((tookMs) => tookMs >= limitMs)) {
        const flooding = attack().expectRefused('login: flood by nobody', flood, [403], 'nobody')
        await sleep(300)
        const code = await newCode()
        const [[login]] = await Promise.all([attack().fire([loginShot('root meanwhile', code)]), flooding])
        expect(login?.status).toBe(200)
        times.push(login?.tookMs ?? Infinity)
      }
      expect(Math.min(...times), times.join()).toBeLessThan(limitMs)
    })

    it('makes links for root only', async () => {
      const { panel } = attack()
      for (const user of ['nobody', 'razroom', 'alice']) {
        const refused = await panel.tryCli(['login'], { user })
        expect(refused.exitCode).not.toBe(0)
        expect(refused.stdout).not.toContain('code=')
        const socket = ['curl', '--unix-socket', '/run/razroom-panel/control.sock', '--request', 'POST']
        const direct = await panel.host.run([...socket, '--silent', 'http://x/api/login-link'], {
          user,
          reject: false,
        })
        expect(direct.stdout).toBe('')
        expect(direct.exitCode).not.toBe(0)
      }
      keepScore('login: link by another user', 6, 6)
    })

    it('ends by age, and asks again for secrets after ten minutes', async () => {
      const { panel, fire } = attack()
      const session = await logIn(panel, fire)
      const cookie: Header = ['Cookie', session.cookie]
      const bytes = requestBytes({ target: '/api/status', headers: [cookie] })
      const reveal = requestBytes({
        method: 'POST',
        target: '/api/env/reveal',
        headers: [
          cookie,
          ['Origin', 'http://127.0.0.1:18780'],
          ['X-CSRF-Token', session.csrfToken],
          ['Content-Type', 'application/json'],
        ],
        body: '{}',
      })
      const look = async () =>
        (
          await fire([
            { name: 'status', bytes },
            { name: 'reveal', bytes: reveal },
          ])
        ).map(({ status }) => status)
      expect(await look()).toEqual([200, 200])
      // Nobody may set the clock of a test machine; the panel's own record is made older in its place.
      await ageSessions(attack(), 11 * 60_000)
      expect(await look()).toEqual([200, 403])
      await ageSessions(attack(), 13 * 3_600_000)
      expect(await look()).toEqual([401, 401])
      keepScore('sessions: too old', 3, 3)
    })
  })

  describe('sessions', () => {
    it('are kept as hashes, in a file of root only', async () => {
      const { panel, session } = attack()
      const [, value = ''] = session.cookie.split('=')
      const state = (await panel.host.run(['cat', STATE_FILE])).stdout
      expect(value).toHaveLength(43)
      expect(state).not.toContain(value)
      const modes = await panel.host.run(['stat', '--format=%a %U', STATE_FILE, '/var/lib/razroom-panel'])
      expect(modes.stdout).toBe('600 root\n700 root')
    })
  })
}

/** Makes all sessions but the suite's own older by so many milliseconds, while the daemon is down. */
async function ageSessions({ panel }: AttackHost, byMs: number): Promise<void> {
  await panel.stop()
  const state = JSON.parse((await panel.host.run(['cat', STATE_FILE])).stdout) as {
    sessions: { createdAt: number; lastSeenAt: number; stepUpUntil: number }[]
  }
  for (const stored of state.sessions.slice(1)) {
    stored.createdAt -= byMs
    stored.lastSeenAt -= byMs
    stored.stepUpUntil -= byMs
  }
  await panel.host.run(['tee', STATE_FILE], { input: JSON.stringify(state) })
  await panel.start()
}
