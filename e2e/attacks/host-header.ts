import { describe, expect, it } from 'vitest'
import { callApi } from '../host/panel-api.ts'
import type { AttackHost } from './attack-host.ts'
import { type Header, type RequestParts, requestBytes, type Shot, UPGRADE } from './shot.ts'

/** Names a page of an attacker, or DNS rebinding, can bring into the Host header (security.md, 2). */
const WRONG_HOSTS: readonly string[] = [
  '',
  'evil.com',
  'evil.com:18780',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:80',
  '127.0.0.1:18781',
  '127.0.0.1:018780',
  '127.0.0.1:18780.evil.com',
  '127.0.0.1.evil.com:18780',
  '127.0.0.1@evil.com',
  '127.0.0.1:18780@evil.com',
  'user:password@127.0.0.1:18780',
  'evil.com#127.0.0.1:18780',
  'evil.com/127.0.0.1:18780',
  '127.0.0.1:18780/',
  '127.0.0.1:18780, evil.com',
  '127.0.0.1:18780 evil.com',
  'http://127.0.0.1:18780',
  '2130706433:18780',
  '0x7f000001:18780',
  '0177.0.0.1:18780',
  '127.1:18780',
  '127.0.0.2:18780',
  '0.0.0.0:18780',
  '127.0.0.1.:18780',
  'localhost',
  'localhost.:18780',
  'localhost.evil.com:18780',
  'sub.localhost:18780',
  '[::1]',
  '::1:18780',
  '[::]:18780',
  '[::ffff:127.0.0.1]:18780',
  '[0:0:0:0:0:0:0:1]:18780',
  '%31%32%37.0.0.1:18780',
  'lo\xe7alhost:18780',
]
const RIGHT_HOSTS = ['127.0.0.1:18780', 'localhost:18780', '[::1]:18780']
const REFUSALS = [421, 400]

/** Places that must look at Host: an answer with data, the page, nothing at all, the probe, a socket. */
const PLACES: Readonly<Record<string, (cookie: Header) => RequestParts>> = {
  data: (cookie) => ({ target: '/api/status', headers: [cookie] }),
  page: () => ({ target: '/' }),
  nothing: () => ({ target: '/nothing' }),
  probe: () => ({ target: '/healthz' }),
  socket: (cookie) => ({ target: '/api/events', headers: [...UPGRADE, cookie] }),
}

export function describeHostHeader(attack: () => AttackHost): void {
  describe('the Host header', () => {
    const cookie = (): Header => ['Cookie', attack().session.cookie]
    const everywhere = (label: string, change: (parts: RequestParts) => RequestParts): Shot[] =>
      Object.entries(PLACES).map(([place, parts]) => ({
        name: `${place}, Host ${label}`,
        bytes: requestBytes(change(parts(cookie()))),
      }))

    it('is one of three names, and those are answered', async () => {
      const outcomes = await attack().fire(
        RIGHT_HOSTS.map((host) => ({
          name: host,
          bytes: requestBytes({ target: '/api/status', host, headers: [cookie()] }),
        })),
      )
      expect(outcomes.map(({ status }) => status)).toEqual(RIGHT_HOSTS.map(() => 200))
    })

    it('is asked for on loopback alone: no other address of the machine has the port open', async () => {
      const { stdout } = await attack().panel.host.run(['ss', '-Hltn', 'sport = :18780'])
      const addresses = stdout.split('\n').map((line) => line.trim().split(/\s+/)[3])
      expect(addresses.filter((address) => !RIGHT_HOSTS.includes(address ?? ''))).toEqual([])
      expect(addresses).toContain('127.0.0.1:18780')
    })

    it('refuses every other name, everywhere', async () => {
      expect(WRONG_HOSTS.length).toBeGreaterThanOrEqual(25)
      const shots = WRONG_HOSTS.flatMap((host) =>
        everywhere(JSON.stringify(host), (parts) => ({
          ...parts,
          host,
          headers: [...(parts.headers ?? []), ['Origin', `http://${host}`]],
        })),
      )
      await attack().expectRefused('names in Host', shots, REFUSALS)
    })

    it('is answered by a further name while the settings have it, and not after', async () => {
      const tunnel = '127.0.0.1:19999'
      const { panel } = attack()
      const ask = async (hosts: readonly string[]) => {
        expect((await callApi(panel, 'PUT /api/settings', { allowedHosts: hosts })).status).toBe(200)
        const shots = [tunnel, '127.0.0.1:19998', `${tunnel}.evil.com`].map((host) => ({
          name: host,
          bytes: requestBytes({ target: '/api/status', host, headers: [cookie()] }),
        }))
        return (await attack().fire(shots)).map(({ status }) => status)
      }
      expect(await ask([tunnel])).toEqual([200, 421, 421])
      expect(await ask([])).toEqual([421, 421, 421])
    })

    it('refuses none, two, HTTP/1.0 without one, and other headers in its place', async () => {
      const extra =
        (...headers: Header[]) =>
        (parts: RequestParts): RequestParts => ({
          ...parts,
          host: null,
          headers: [...(parts.headers ?? []), ...headers],
        })
      const shots = [
        ...everywhere('missing', extra()),
        ...everywhere('missing, HTTP/1.0', (parts) => ({ ...extra()(parts), version: '1.0' })),
        ...everywhere(
          'twice the same',
          extra(['Host', RIGHT_HOSTS[0] ?? ''], ['Host', RIGHT_HOSTS[0] ?? '']),
        ),
        ...everywhere('right, then wrong', extra(['Host', RIGHT_HOSTS[0] ?? ''], ['Host', 'evil.com'])),
        ...everywhere('wrong, then right', extra(['Host', 'evil.com'], ['Host', RIGHT_HOSTS[0] ?? ''])),
        ...everywhere('forwarded', extra(['Host', 'evil.com'], ['X-Forwarded-Host', RIGHT_HOSTS[0] ?? ''])),
        ...everywhere(
          'Forwarded',
          extra(['Host', 'evil.com'], ['Forwarded', `host="${RIGHT_HOSTS[0]}";for=127.0.0.1;proto=http`]),
        ),
        ...everywhere('with a blank before the colon', extra(['Host ', RIGHT_HOSTS[0] ?? ''])),
      ]
      await attack().expectRefused('missing, doubled and forwarded Host', shots, REFUSALS)
    })
  })
}
