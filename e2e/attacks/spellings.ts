import { describe, expect, it } from 'vitest'
import type { AttackHost } from './attack-host.ts'
import { IS_FULL, SEED } from './env-requests.ts'
import { CLOSED_ROUTES, ROUTES, type Route, SOCKETS } from './routes.ts'
import { GOOD_HOST, GOOD_ORIGIN, type Header, headerValues, requestBytes, type Shot } from './shot.ts'

/** Ways to write a target that a check of its text would not recognise (security.md, 1). */
const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  'as it is': (path) => path,
  'absolute form': (path) => `http://${GOOD_HOST}${path}`,
  'absolute form of another host': (path) => `http://x${path}`,
  'escaped letters': (path) => path.replace('/a', '/%61').replace('h', '%68'),
  'two slashes': (path) => `/${path}`,
  'slash at the end': (path) => `${path}/`,
  'capital letters': (path) => path.toUpperCase(),
  'path parameter': (path) => `${path};x=1`,
  'dot segments': (path) => `/assets/..${path}`,
  'escaped dot segments': (path) => `/assets/%2e%2e${path}`,
  'escaped slash': (path) => path.replace(/(.)\//, '$1%2f'),
  backslash: (path) => path.replaceAll('/', '\\'),
  'query like a page': (path) => `${path}?/assets/index.js`,
  'NUL at the end': (path) => `${path}%00`,
}
/** In the gate a route is spelt in every third way, and a way is tried on every third route; with --full all on all. */
const SHARE = IS_FULL ? 1 : 3
/** What a refusal may look like; success, redirects and faults of the server are none. */
const REFUSALS = [400, 401, 403, 404, 405, 415, 421]

const shotOf = (route: Route, spelling: string, target: string): Shot => {
  const origin: Header[] = route.isChanging ? [['Origin', GOOD_ORIGIN]] : []
  const { method, headers, body } = route
  return {
    name: `${route.key}, ${spelling}`,
    bytes: requestBytes({
      method,
      target,
      headers: [...headers, ...origin],
      ...(body === undefined ? {} : { body }),
    }),
  }
}

export function describeSpellings(attack: () => AttackHost): void {
  describe('without a login', () => {
    it('only the two public routes are public', () => {
      const open = ROUTES.filter(({ access }) => access === 'public').map(({ key }) => key)
      expect(open).toEqual(['GET /healthz', 'POST /api/session'])
    })

    it('each closed route asks for one: the control of the attacks below', async () => {
      const shots = CLOSED_ROUTES.map((route) => shotOf(route, 'plain', route.path))
      await attack().expectRefused('no login, plain', shots, [401])
    })

    it('no spelling of a target gets data', async () => {
      const shots = CLOSED_ROUTES.flatMap((route, number) =>
        Object.entries(SPELLINGS)
          .filter((_, index) => (index + number + SEED) % SHARE === 0)
          .map(([spelling, spell]) => shotOf(route, spelling, spell(route.path))),
      )
      await attack().expectRefused('no login, spellings of the target', shots, REFUSALS)
    })

    it('no method gets data that GET would not', async () => {
      const methods = ['HEAD', 'OPTIONS', 'TRACE', 'PATCH', 'get', 'PROPFIND', 'QUERY']
      const override: Header[] = [['X-HTTP-Method-Override', 'GET']]
      const shots = CLOSED_ROUTES.flatMap(({ path }) =>
        methods.map((method) => ({
          name: `${method} ${path}`,
          bytes: requestBytes({ method, target: path, headers: [['Origin', GOOD_ORIGIN], ...override] }),
        })),
      )
      await attack().expectRefused('no login, other methods', shots, REFUSALS)
    })

    it('a made-up, empty or doubled cookie is no session', async () => {
      const [name = '', value = ''] = attack().session.cookie.split('=')
      const cookies = [
        `${name}=`,
        `${name}=${value.slice(0, -1)}`,
        `${name}=${value}A`,
        `${name}=${value.toUpperCase()}`,
        `${name}=${'A'.repeat(value.length)}`,
        `${name}=${'A'.repeat(8000)}`,
        `${name.toUpperCase()}=${value}`,
        // One that is right counts beside others: see login.ts.
        `${name}=wrong; ${name}=${value.slice(0, -1)}`,
        `${name}=__proto__`,
        `session=${value}`,
      ]
      const shots = cookies.map((cookie) => ({
        name: `Cookie: ${cookie.slice(0, 60)}`,
        bytes: requestBytes({ target: '/api/token', headers: [['Cookie', cookie]] }),
      }))
      await attack().expectRefused('made-up cookies', shots, [401])
    })

    it('nothing outside of the page comes from the static files', async () => {
      const targets = [
        '/assets/../../package.json',
        '/assets/%2e%2e/%2e%2e/package.json',
        '/assets/..%2f..%2fpackage.json',
        '/assets/....//package.json',
        '/assets//etc/passwd',
        '/assets/%2fetc%2fpasswd',
        '/assets/..\\..\\package.json',
        '/../dist/server/main.js',
        '/index.html/../../server/main.js',
        '/assets/',
        '/assets/.',
        '/.git/config',
      ]
      const shots = targets.map((target) => ({ name: target, bytes: requestBytes({ target }) }))
      await attack().expectRefused('files outside of the page', shots, [400, 403, 404, 421])
    })

    it('an upgrade opens nothing that is not a socket', async () => {
      const upgrade: Header[] = [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ['Origin', GOOD_ORIGIN],
      ]
      const paths = [...ROUTES.map(({ path }) => path), ...SOCKETS, '/', '/nothing', '/assets/x']
      const shots = paths.flatMap((path) =>
        ['GET', 'POST'].map((method) => ({
          name: `upgrade of ${method} ${path}`,
          bytes: requestBytes({ method, target: path, headers: upgrade }),
        })),
      )
      const outcomes = await attack().fire(shots)
      expect(outcomes.filter(({ status }) => status === 101).map(({ name }) => name)).toEqual([])
    })

    it('the session that these attacks did not have does open the door', async () => {
      const { session } = attack()
      const [outcome] = await attack().fire([
        {
          name: 'with',
          bytes: requestBytes({ target: '/api/status', headers: [['Cookie', session.cookie]] }),
        },
      ])
      expect(outcome?.status).toBe(200)
      expect(outcome && headerValues(outcome, 'content-type')[0]).toContain('application/json')
    })
  })
}
