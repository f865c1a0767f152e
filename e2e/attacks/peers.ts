import { describe, expect, it } from 'vitest'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { ROUTES, SOCKETS } from './routes.ts'
import { GOOD_ORIGIN, requestBytes, type Shot, UPGRADE } from './shot.ts'

const API_TOKEN_FILE = '/var/lib/razroom-panel/api-token'

export function describePeers(attack: () => AttackHost): void {
  /** Every address of the panel, with the cookie and secret of a real session. */
  const everything = (): Shot[] => {
    const headers = pageHeaders(attack().session)
    const routes = ROUTES.filter(({ path }) => path !== '/healthz').map((route) => ({
      name: route.key,
      bytes: requestBytes({
        method: route.method,
        target: route.path,
        headers: [...headers, ...route.headers],
        ...(route.body === undefined ? {} : { body: route.body }),
      }),
    }))
    const pages = ['/', '/setup', '/logs', '/environment', '/nothing'].map((target) => ({
      name: target,
      bytes: requestBytes({ target, headers }),
    }))
    const sockets = SOCKETS.map((target) => ({
      name: `socket ${target}`,
      bytes: requestBytes({ target, headers: [...UPGRADE, ...headers] }),
    }))
    return [...routes, ...pages, ...sockets]
  }

  describe('another user of the machine', () => {
    it.each(['nobody', 'razroom', 'alice'])('%s is refused, even with a stolen session', async (user) => {
      await attack().expectRefused(`user ${user} with a stolen session`, everything(), [403], user)
    })

    it('is told how to be let in, and learns no more from the probe', async () => {
      const [page, probe] = await attack().fire(
        [
          { name: 'page', bytes: requestBytes({ target: '/' }) },
          { name: 'probe', bytes: requestBytes({ target: '/healthz' }) },
        ],
        'alice',
      )
      const uid = (await attack().panel.host.run(['id', '--user', 'alice'])).stdout
      expect(page?.body).toContain(`razroom-panel access add ${uid}`)
      expect(probe?.status).toBe(200)
      expect(JSON.parse(probe?.body ?? '')).toEqual({ ok: true })
    })

    it('is let in by `access add`, at once, and out again by `access remove`', async () => {
      const { panel } = attack()
      const uid = (await panel.host.run(['id', '--user', 'alice'])).stdout
      const status = async (user: string) => {
        const bytes = requestBytes({ target: '/api/status', headers: pageHeaders(attack().session) })
        return (await attack().fire([{ name: user, bytes }], user))[0]?.status
      }
      await panel.cli('access', 'add', uid)
      expect([await status('alice'), await status('mallory'), await status('nobody')]).toEqual([
        200, 403, 403,
      ])
      await panel.cli('access', 'remove', uid)
      expect(await status('alice')).toBe(403)
    })
  })

  describe('the token for scripts', () => {
    const readToken = async () => (await attack().panel.host.run(['cat', API_TOKEN_FILE])).stdout.trim()
    const ask = (name: string, ...headers: [string, string][]): Shot => ({
      name,
      bytes: requestBytes({ target: '/api/token', headers }),
    })

    it('is a file of root only, and lets root in', async () => {
      const modes = await attack().panel.host.run(['stat', '--format=%a %U', API_TOKEN_FILE])
      expect(modes.stdout).toBe('600 root')
      const token = await readToken()
      const [outcome] = await attack().fire([ask('right', ['Authorization', `Bearer ${token}`])])
      expect(outcome?.status).toBe(200)
    })

    it('is refused with anything a browser sends, spoilt, or anywhere but in its header', async () => {
      const token = await readToken()
      const bearer: [string, string] = ['Authorization', `Bearer ${token}`]
      const shots = [
        ask('with Origin', bearer, ['Origin', GOOD_ORIGIN]),
        ask('with a cookie', bearer, ['Cookie', attack().session.cookie]),
        ask('with any cookie', bearer, ['Cookie', 'a=b']),
        ask('with Sec-Fetch-Site', bearer, ['Sec-Fetch-Site', 'same-origin']),
        ask('with Sec-Fetch-Mode', bearer, ['Sec-Fetch-Mode', 'cors']),
        ask('made up', ['Authorization', `Bearer ${'A'.repeat(43)}`]),
        ask('too short', ['Authorization', `Bearer ${token.slice(0, -1)}`]),
        ask('too long', ['Authorization', `Bearer ${token}A`]),
        ask('in capitals', ['Authorization', `Bearer ${token.toUpperCase()}`]),
        ask('no scheme', ['Authorization', token]),
        ask('Basic', ['Authorization', `Basic ${btoa(`root:${token}`)}`]),
        ask('wrong, then right', ['Authorization', 'Bearer AAAAAAAAAAAAAAAAAAAAAAAA'], bearer),
        ask('right twice', bearer, bearer),
        ask('in another header', ['X-Api-Token', token]),
        { name: 'in the URL', bytes: requestBytes({ target: `/api/token?access_token=${token}` }) },
      ]
      await attack().expectRefused('token for scripts: spoilt or with a browser', shots, [401, 403])
    })

    it.each(['nobody', 'razroom', 'alice'])('does not help %s', async (user) => {
      const token = await readToken()
      const shots = [ask('stolen', ['Authorization', `Bearer ${token}`])]
      await attack().expectRefused(`token for scripts: ${user}`, shots, [403], user)
    })

    it('does not help an admin who is not root', async () => {
      const { panel } = attack()
      const uid = (await panel.host.run(['id', '--user', 'alice'])).stdout
      const token = await readToken()
      await panel.cli('access', 'add', uid)
      const shots = [ask('of an admin', ['Authorization', `Bearer ${token}`])]
      await attack().expectRefused('token for scripts: admin', shots, [403], 'alice')
      await panel.cli('access', 'remove', uid)
    })

    it('cannot do what belongs to the control socket', async () => {
      const token = await readToken()
      const shots = ROUTES.filter(({ access }) => access === 'control').map((route) => ({
        name: route.key,
        bytes: requestBytes({
          method: route.method,
          target: route.path,
          headers: [['Authorization', `Bearer ${token}`], ...route.headers],
          ...(route.body === undefined ? {} : { body: route.body }),
        }),
      }))
      expect(shots.length).toBeGreaterThan(0)
      await attack().expectRefused('token for scripts: control routes', shots, [401, 403])
    })
  })
}
