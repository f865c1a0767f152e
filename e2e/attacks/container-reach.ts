import { describe, expect, it } from 'vitest'
import type { DoctorReport } from '../../contract/doctor.ts'
import type { Status } from '../../contract/schemas.ts'
import { AS_RAZROOM, IDLE_PROGRAM } from '../host/host-test-kit.ts'
import { PANEL_URL, type PanelHost, requestStatus } from '../host/panel-host.ts'
import { keepScore } from './scoreboard.ts'

const PORT = 18780
/** An address as of a network card; without one the network of a container has nothing to be made after. */
const OUTER = '192.0.2.10'
const ADD_NETWORK = `
ip link show lan0 > /dev/null 2>&1 || ip link add lan0 type dummy 2> /dev/null ||
  ip link add lan0 type veth peer name lan1 2> /dev/null || ip tuntap add dev lan0 mode tap
ip link set lan1 up 2> /dev/null; ip link set lan0 up
ip address replace ${OUTER}/24 dev lan0
ip route replace default via 192.0.2.1 dev lan0`
/**
 * Asks every address by which a container may reach its host for the panel, and looks for the control socket, by its
 * path and among the abstract ones. Prints which of them answered; with UNTIL_REACHED it ends with the first that does, and
 * has more patience.
 */
const PROBE = `
const isFirstEnough = process.env.UNTIL_REACHED === '1'
let isSaid = false
const { request } = require('node:http'), fs = require('node:fs'), os = require('node:os'), dns = require('node:dns').promises
const ask = (host) => new Promise((resolve) => {
  const asked = request({ host, port: ${PORT}, path: '/healthz', headers: { Host: '127.0.0.1:${PORT}' }, timeout: isFirstEnough ? 60000 : 1500 }, (answer) => {
    answer.resume(); resolve(answer.statusCode)
    if (!isFirstEnough || isSaid) return
    isSaid = true
    process.stdout.write(JSON.stringify({ tried: 1, reached: [host], sockets: [] }), () => process.exit(0))
  })
  asked.on('timeout', () => asked.destroy()); asked.on('error', () => resolve(0)); asked.end()
})
;(async () => {
  const hex = (text) => text.match(/../g).reverse().map((part) => parseInt(part, 16)).join('.')
  const routes = fs.readFileSync('/proc/net/route', 'utf8').split('\\n').slice(1).map((line) => line.split('\\t')[2]).filter((gateway) => gateway && gateway !== '00000000').map(hex)
  const own = Object.values(os.networkInterfaces()).flat().map(({ address }) => address)
  const names = await Promise.all(['host.containers.internal', 'host.docker.internal'].map((name) => dns.lookup(name).then(({ address }) => address, () => null)))
  const fixed = ['127.0.0.1', '::1', '0.0.0.0', 'localhost', '10.0.2.2', '10.0.2.3', '169.254.1.1', '169.254.1.2', '192.0.2.1', '${OUTER}', '172.17.0.1', '10.88.0.1']
  const all = [...new Set([...fixed, ...routes, ...own, ...names.filter(Boolean)])]
  const answers = await Promise.all(all.map(async (host) => [host, await ask(host)]))
  const sockets = ['/run/razroom-panel', '/var/lib/razroom-panel', '/run/systemd/private', '/run/user'].filter((path) => fs.existsSync(path))
  const abstract = fs.readFileSync('/proc/net/unix', 'utf8').split('\\n').filter((line) => /razroom-panel/.test(line))
  console.log(JSON.stringify({ tried: all.length, reached: answers.filter(([, status]) => status > 0).map(([host]) => host), sockets: [...sockets, ...abstract] }))
})()`

interface Reach {
  readonly tried: number
  readonly reached: readonly string[]
  readonly sockets: readonly string[]
}

/** Modes that map the host's loopback, by the helper that a podman has: none of them may ever be the gateway's. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  pasta: ['host', 'pasta:--map-gw', `pasta:-T,${PORT}`, 'pasta:--map-host-loopback,10.0.2.2'],
  slirp4netns: ['host', 'slirp4netns:allow_host_loopback=true'],
}

/** @param helper what the podman of this host makes networks with */
export function describeContainerReach(panel: () => PanelHost, helper: 'pasta' | 'slirp4netns'): void {
  const probe = async (...argv: string[]): Promise<Reach> =>
    JSON.parse(await panel().podman(...argv, 'node', '--eval', PROBE)) as Reach
  const image = async () => (await panel().cli<Status>('status')).image?.reference ?? ''
  const runOnce = async (...options: string[]) =>
    probe('run', '--rm', '--pull=never', ...options, await image())

  describe('the gateway’s container', () => {
    it(`reaches neither the panel nor its control socket, by ${helper} in every user namespace that is offered`, async () => {
      await panel().host.run(['sh', '-c', ADD_NETWORK])
      // So that its network is made after the card's.
      await panel().cli('restart')
      expect(await requestStatus(panel().host, `${PANEL_URL}/healthz`)).toBe(200)
      const allowed: Record<string, Reach> = { gateway: await probe('exec', 'razroom') }
      for (const userns of ['--userns=keep-id', '--userns=host']) allowed[userns] = await runOnce(userns)
      for (const [name, { reached, sockets, tried }] of Object.entries(allowed)) {
        expect({ reached, sockets }, name).toEqual({ reached: [], sockets: [] })
        keepScore(`container: ${helper}, ${name}`, tried, tried - reached.length)
      }
      // The probe does find a panel that can be reached.
      const reaching = await Promise.all(
        (FORBIDDEN[helper] ?? []).map(async (mode) => [
          mode,
          (await runOnce(`--network=${mode}`, '--env=UNTIL_REACHED=1')).reached.length > 0,
        ]),
      )
      expect(Object.fromEntries(reaching)).toEqual(
        Object.fromEntries((FORBIDDEN[helper] ?? []).map((mode) => [mode, true])),
      )
    })

    it('with a network that does is a finding of the doctor, by hand and in a unit', async () => {
      const { host } = panel()
      const found = async () =>
        (JSON.parse((await panel().tryCli(['doctor', '--json'])).stdout) as DoctorReport).findings.some(
          ({ id }) => id === 'network.host-loopback',
        )
      expect(await found()).toBe(false)
      const name = await image()
      await panel().cli('stop')
      for (const mode of FORBIDDEN[helper] ?? []) {
        const run = [
          'podman',
          'run',
          '--detach',
          '--replace',
          '--name=razroom',
          '--pull=never',
          `--network=${mode}`,
        ]
        await host.run([...AS_RAZROOM, '--property=KillMode=process', ...run, name, ...IDLE_PROGRAM])
        expect(await found(), mode).toBe(true)
      }
      keepScore(
        `container: ${helper}, the doctor on other networks`,
        FORBIDDEN[helper]?.length ?? 0,
        FORBIDDEN[helper]?.length ?? 0,
      )
      await panel().cli('restart')
      expect(await found()).toBe(false)
    })
  })
}
