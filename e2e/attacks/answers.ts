import { describe, expect, it } from 'vitest'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { ROUTES } from './routes.ts'
import { GOOD_ORIGIN, type Header, headerValues, type Outcome, requestBytes, type Shot } from './shot.ts'

/** Headers that every answer has (security.md, 8). */
const EVERYWHERE: readonly Header[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
]

function directives(outcome: Outcome): Map<string, string[]> {
  const [policy = ''] = headerValues(outcome, 'content-security-policy')
  const parts = policy.split(';').map((part) => part.trim().split(/\s+/))
  return new Map(parts.map(([name = '', ...values]) => [name, values]))
}

export function describeAnswers(attack: () => AttackHost): void {
  describe('every answer', () => {
    async function collect(): Promise<Outcome[]> {
      const plain = (name: string, target: string, headers: readonly Header[] = []): Shot => ({
        name,
        bytes: requestBytes({ target, headers }),
      })
      const [page] = await attack().fire([plain('page', '/')])
      const assets = [...(page?.body ?? '').matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
        (found) => found[1],
      )
      expect(assets.length).toBeGreaterThan(0)
      const session = pageHeaders(attack().session)
      const readers = ROUTES.filter(({ isChanging }) => !isChanging)
      return attack().fire([
        plain('page', '/'),
        ...assets.map((asset) => plain(`asset ${asset}`, asset ?? '')),
        ...readers.map(({ key, path }) => plain(key, path, session)),
        ...readers.map(({ key, path }) => plain(`${key} without login`, path)),
        plain('nothing', '/nothing'),
        plain('nothing in the API', '/api/nothing'),
        plain('no such asset', '/assets/none.js'),
        { name: 'wrong host', bytes: requestBytes({ target: '/', host: 'evil.com' }) },
        {
          name: 'bad JSON',
          bytes: requestBytes({
            method: 'POST',
            target: '/api/session',
            headers: [
              ['Origin', GOOD_ORIGIN],
              ['Content-Type', 'application/json'],
            ],
            body: '{"code":',
          }),
        },
        plain('malformed target', '/%zz'),
        plain('long parameter', `/api/operations/${'a'.repeat(2_000)}`, session),
      ])
    }

    it('carries the headers that keep it from other sites', async () => {
      const outcomes = await collect()
      const lacking = outcomes.flatMap((outcome) =>
        EVERYWHERE.filter(([name, value]) => headerValues(outcome, name).join() !== value).map(
          ([name]) => `${outcome.name} (${outcome.status}): ${name}`,
        ),
      )
      expect(lacking).toEqual([])
    })

    it('changes nothing by being read', async () => {
      const headers = pageHeaders(attack().session)
      const look = async () => {
        const targets = ['/api/operations', '/api/settings', '/api/env', '/api/config', '/api/token']
        const shots = targets.map((target) => ({ name: target, bytes: requestBytes({ target, headers }) }))
        return (await attack().fire(shots)).map(({ status, body }) => [status, body])
      }
      const before = await look()
      expect(before.map(([status]) => status)).toEqual(before.map(() => 200))
      await collect()
      expect(await look()).toEqual(before)
    })

    it('has a policy that allows the own scripts, styles and sockets, and nothing else', async () => {
      const outcomes = await collect()
      for (const outcome of outcomes) {
        const policy = directives(outcome)
        expect(policy.get('default-src'), outcome.name).toEqual(["'none'"])
        expect(policy.get('object-src'), outcome.name).toEqual(["'none'"])
        expect(policy.get('frame-ancestors'), outcome.name).toEqual(["'none'"])
        expect(policy.get('base-uri'), outcome.name).toEqual(["'none'"])
        expect(policy.get('form-action'), outcome.name).toEqual(["'none'"])
        expect(policy.get('script-src'), outcome.name).toEqual(["'self'"])
        expect(policy.get('style-src'), outcome.name).toEqual(["'self'"])
        const sockets = policy.get('connect-src')?.filter((source) => source !== "'self'")
        expect(sockets, outcome.name).toEqual(['127.0.0.1', 'localhost'].map((name) => `ws://${name}:18780`))
        const all = headerValues(outcome, 'content-security-policy').join()
        expect(all, outcome.name).not.toMatch(/unsafe-|\*|https?:/)
      }
    })

    it('tells browsers nothing of TLS and allows no other origin', async () => {
      for (const outcome of await collect()) {
        expect(headerValues(outcome, 'strict-transport-security'), outcome.name).toEqual([])
        const names = outcome.headers.map(([name]) => name.toLowerCase())
        expect(
          names.filter((name) => name.startsWith('access-control-')),
          outcome.name,
        ).toEqual([])
        expect(names, outcome.name).not.toContain('x-powered-by')
      }
    })

    it('is kept in no cache when it comes from the API or is an error', async () => {
      const outcomes = await collect()
      const cached = outcomes.filter(
        (outcome) =>
          (outcome.status >= 400 || /^GET \/api/.test(outcome.name)) &&
          headerValues(outcome, 'cache-control').join() !== 'no-store',
      )
      expect(cached.map(({ name, status }) => `${status} ${name}`)).toEqual([])
    })

    it('says what is wrong as a problem document, without a word of the inside', async () => {
      const errors = (await collect()).filter(({ status }) => status >= 400)
      expect(errors.length).toBeGreaterThan(5)
      for (const outcome of errors) {
        expect(headerValues(outcome, 'content-type')[0], outcome.name).toContain('application/problem+json')
        const problem = JSON.parse(outcome.body) as Record<string, unknown>
        expect(problem, outcome.name).toMatchObject({ status: outcome.status })
        expect(outcome.body, outcome.name).not.toMatch(/node:|\.js:\d|at Object|\/usr\/local\/lib/)
      }
    })
  })
}
