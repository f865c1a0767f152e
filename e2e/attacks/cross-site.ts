import { describe, expect, it } from 'vitest'
import { readToken, seeTokenTaken } from '../host/panel-host.ts'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { IS_FULL, SEED } from './env-requests.ts'
import { ROUTES, type Route } from './routes.ts'
import { GOOD_HOST, GOOD_ORIGIN, type Header, headerValues, requestBytes, type Shot } from './shot.ts'

/** Origins that are not the panel's; null sends none. The gateway's own page is one of them. */
const ORIGINS: readonly (readonly string[])[] = [
  [],
  ['null'],
  [''],
  ['http://evil.com'],
  ['http://127.0.0.1'],
  ['http://127.0.0.1:18789'],
  ['http://localhost:18780'],
  [`https://${GOOD_HOST}`],
  [`${GOOD_ORIGIN}/`],
  [`${GOOD_ORIGIN}.evil.com`],
  [GOOD_ORIGIN.toUpperCase()],
  ['http://evil.com', GOOD_ORIGIN],
]
const SITES: readonly (string | null)[] = [null, 'cross-site', 'same-site', 'none', 'same-origin']
/** What the route takes; the other one is an attack on it. */
const OWN_TYPE = 'own'
const TYPES: readonly (string | null)[] = [
  OWN_TYPE,
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain; application/json',
  'application/json',
  'application/octet-stream',
  null,
]

interface Variant {
  readonly origins: readonly string[]
  readonly site: string | null
  readonly type: string | null
}

/** The combinations that a page of ours may send: everything else is an attack. */
const isOurs = ({ origins, site, type }: Variant): boolean =>
  origins.length === 1 &&
  origins[0] === GOOD_ORIGIN &&
  (site === null || site === 'same-origin') &&
  type === OWN_TYPE

/** Every combination of the usual ones. */
const COMBINATIONS: readonly Variant[] = [
  [GOOD_ORIGIN],
  [],
  ['null'],
  ['http://evil.com'],
  ['http://127.0.0.1:18789'],
]
  .flatMap((origins) => SITES.flatMap((site) => TYPES.slice(0, 4).map((type) => ({ origins, site, type }))))
  .filter((variant) => !isOurs(variant))
/** The odd ones with everything else right. */
const SINGLES: readonly Variant[] = [
  ...ORIGINS.map((origins) => ({ origins, site: 'same-origin', type: OWN_TYPE })),
  ...TYPES.map((type) => ({ origins: [GOOD_ORIGIN], site: 'same-origin', type })),
  ...SITES.map((site) => ({ origins: [GOOD_ORIGIN], site, type: OWN_TYPE })),
].filter((variant) => !isOurs(variant))

/** In the gate a route meets every fifth combination, and a combination every fifth route; with --full all meet all. */
const SHARE = IS_FULL ? 1 : 5
/** What is tried at the route of this number: all that has one thing wrong, and its share of the combinations. */
const variantsOf = (route: number): readonly Variant[] => [
  ...SINGLES,
  ...COMBINATIONS.filter((_, index) => (index + route + SEED) % SHARE === 0),
]

const CHANGING = ROUTES.filter(({ isChanging }) => isChanging)
const describeVariant = ({ origins, site, type }: Variant): string =>
  `Origin ${origins.join(' and ') || 'none'}, Sec-Fetch-Site ${site ?? 'none'}, ${type ?? 'no type'}`

/** A request of a session that has everything right but what the variant says. */
function shotOf(route: Route, variant: Variant, session: readonly Header[]): Shot {
  const type = variant.type === OWN_TYPE ? route.type : variant.type
  const headers: Header[] = [
    ...session,
    ...variant.origins.map((origin): Header => ['Origin', origin]),
    ...(variant.site === null ? [] : [['Sec-Fetch-Site', variant.site] as const]),
    ...(type === null ? [] : [['Content-Type', type] as const]),
  ]
  const { method, path } = route
  // A body on every method: without one there is no content type to be wrong.
  return {
    name: `${route.key}, ${describeVariant(variant)}`,
    bytes: requestBytes({ method, target: path, headers, body: '{}' }),
  }
}

export function describeCrossSite(attack: () => AttackHost): void {
  describe('another site in the browser of an admin', () => {
    const session = (): Header[] => pageHeaders(attack().session).filter(([name]) => name !== 'Origin')

    it('cannot change anything, whatever it sends with the cookie', async () => {
      const shots = CHANGING.flatMap((route, number) =>
        variantsOf(number)
          .filter(({ type }) => type !== route.type)
          .map((variant) => shotOf(route, variant, session())),
      )
      await attack().expectRefused('method x Origin x Sec-Fetch-Site x type', shots, [401, 403, 415])
    })

    it('cannot change anything without the secret of the session', async () => {
      const { cookie, csrfToken } = attack().session
      const wrong: (Header | null)[] = [
        null,
        ['X-CSRF-Token', ''],
        ['X-CSRF-Token', csrfToken.slice(0, -1)],
        ['X-CSRF-Token', `${csrfToken}A`],
        ['X-CSRF-Token', csrfToken.toLowerCase()],
        ['X-CSRF-Token', `${csrfToken}, ${csrfToken}`],
        ['CSRF-Token', csrfToken],
      ]
      const guarded = CHANGING.filter(({ access }) => access === 'session' || access === 'step-up')
      const shots = guarded.flatMap((route) =>
        wrong.map((header) => ({
          name: `${route.key}, ${header ? header.join(' ').slice(0, 30) : 'no secret'}`,
          bytes: requestBytes({
            method: route.method,
            target: route.path,
            headers: [
              ['Cookie', cookie],
              ['Origin', GOOD_ORIGIN],
              ['Content-Type', route.type],
              ...(header ? [header] : []),
            ],
            body: '{}',
          }),
        })),
      )
      await attack().expectRefused('secret of the session', shots, [403])
    })

    it('cannot read what carries a secret', async () => {
      const readers = ROUTES.filter(({ isChanging, isSecret }) => !isChanging && isSecret)
      expect(readers.length).toBeGreaterThan(0)
      const shots = readers.flatMap(({ key, path }) => {
        const origins = ORIGINS.filter((values) => values.length > 0)
        const variants: Header[][] = [
          ...origins.map((values) => values.map((origin): Header => ['Origin', origin])),
          ...['cross-site', 'same-site', 'none'].map((site): Header[] => [['Sec-Fetch-Site', site]]),
        ]
        return variants.map((headers) => ({
          name: `${key}, ${headers.map((header) => header.join(' ')).join(', ')}`,
          bytes: requestBytes({ target: path, headers: [...session(), ...headers] }),
        }))
      })
      await attack().expectRefused('reading a secret from another site', shots, [403])
    })

    it('gets no permission by a preflight', async () => {
      const ask: Header[] = [
        ['Origin', 'http://evil.com'],
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'content-type,x-csrf-token'],
        ['Access-Control-Request-Private-Network', 'true'],
      ]
      const shots = ROUTES.map(({ path }) => ({
        name: `OPTIONS ${path}`,
        bytes: requestBytes({ method: 'OPTIONS', target: path, headers: ask }),
      }))
      await attack().expectRefused('preflights', shots, [401, 403, 404, 405])
      const outcomes = await attack().fire(shots)
      const allowed = outcomes.filter((outcome) =>
        outcome.headers.some(([name]) => name.toLowerCase().startsWith('access-control-')),
      )
      expect(allowed.map(({ name }) => name)).toEqual([])
    })

    it('has changed nothing: no operation ran, the token and the session are as before', async () => {
      const { panel, session: own } = attack()
      const [operations, still] = await attack().fire(
        ['/api/operations', '/api/session'].map((target) => ({
          name: target,
          bytes: requestBytes({ target, headers: [['Cookie', own.cookie]] }),
        })),
      )
      const kinds = (JSON.parse(operations?.body ?? '[]') as { kind: string }[]).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind !== 'setup')).toEqual([])
      expect(still?.status).toBe(200)
      expect(still && headerValues(still, 'cache-control')).toEqual(['no-store'])
      await seeTokenTaken(panel.host, await readToken(panel))
    })

    it('would get through with everything right: the control of the attacks above', async () => {
      const fine = { origins: [GOOD_ORIGIN], site: 'same-origin', type: OWN_TYPE }
      const shots = CHANGING.filter(({ key }) => key === 'POST /api/env/check').map((route) =>
        shotOf(route, fine, session()),
      )
      // Past the guards, where the body is found to lack its text.
      expect((await attack().fire(shots)).map(({ status }) => status)).toEqual([400])
    })
  })
}
