import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation, Status } from '../../contract/schemas.ts'
import type { UnitView } from '../../contract/unit.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { createHost, type HostKind, type TestHost } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import {
  invokeTool,
  type PanelHost,
  problemOf,
  readStatus,
  readToken,
  seeTokenTaken,
  setUpBundled,
  startPanel,
} from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { CONFIG_FILE, inspectGateway, overwrite, readContainerVariable } from './gateway-container.ts'

/** Longer than any start on a loaded machine, and shorter than the wait for a network that never comes (90 s). */
const START_LIMIT_MS = 60_000

const USER_SYSTEMCTL = ['systemctl', '--machine=razroom@.host', '--user']

/** The gateway as a service of systemd and as a container, to and fro; in the gate a part of it with a plain unit. */
export function describeModeJourney(kind: Extract<HostKind, 'debian-13' | 'debian-12'>): void {
  describe(`the gateway as a systemd service on ${kind}`, () => {
    let host: TestHost
    let panel: PanelHost
    const isWhole = kind === 'debian-13' || IS_FULL
    beforeAll(async () => {
      host = await createHost({ kind })
      panel = await startPanel(host)
    })
    afterAll(() => host?.destroy())

    const systemctl = async (...args: string[]) =>
      (await host.run([...USER_SYSTEMCTL, ...args], { reject: false })).stdout.trim()
    const readUnit = async () => (await callApi(panel, 'GET /api/unit')).body as UnitView
    const unitPath =
      kind === 'debian-13'
        ? '/home/razroom/.config/containers/systemd/razroom.container'
        : '/home/razroom/.config/systemd/user/razroom.service'
    /** Runs a shell line as the gateway's user, who edits files by hand. */
    const byHand = (line: string) => host.run(['sh', '-c', line], { user: 'razroom' })
    /** Waits until the panel tells this state; when it does not, the error has what it tells instead. */
    const seeState = async (state: Status['gateway']['state']) => {
      let status = await readStatus(panel)
      await waitUntil(`the gateway is ${state}`, 120_000, async () => {
        status = await readStatus(panel)
        return status.gateway.state === state
      }).catch((cause: unknown) => {
        throw new Error(`${String(cause)}; the panel says ${JSON.stringify(status.gateway)}`, { cause })
      })
      return status
    }

    it('is set up as a service, in a few seconds though no network target ever comes', async () => {
      const setup = await panel.cli<Operation>('setup', '--bundled', '--quadlet')
      expect(setup).toMatchObject({ kind: 'setup', state: 'succeeded', changed: true })
      const start = setup.steps.find(({ id }) => id === 'start-container')
      expect(Date.parse(start?.finishedAt ?? '') - Date.parse(start?.startedAt ?? '')).toBeLessThan(
        START_LIMIT_MS,
      )
      expect(await readStatus(panel)).toMatchObject({
        gateway: {
          state: 'running',
          healthy: true,
          mode: 'quadlet',
          startsAtBoot: true,
          unit: { name: 'razroom.service', activeState: 'active', fileState: 'current', restarts: 0 },
        },
        restartRequired: false,
      })
      expect(await systemctl('is-active', 'razroom.service')).toBe('active')
      await seeTokenTaken(host, await readToken(panel))
      expect(await readUnit()).toMatchObject({
        kind: kind === 'debian-13' ? 'quadlet' : 'service',
        path: unitPath,
        state: 'current',
        startsAtBoot: true,
      })
      const again = await panel.cli<Operation>('setup')
      expect(again).toMatchObject({ state: 'succeeded', changed: false })
    })

    it.runIf(isWhole)(
      'tells exactly which variables wait for a restart, and the restart brings them',
      async () => {
        await panel.cli('env', 'set', 'GREETING=hello', 'RAZROOM_LOG_LEVEL=debug')
        const waiting = await readStatus(panel)
        expect(waiting.restartReasons).toEqual([
          '.env was changed since the start: GREETING, RAZROOM_LOG_LEVEL added',
        ])
        await panel.cli('restart')
        expect(await readStatus(panel)).toMatchObject({ restartRequired: false, restartReasons: [] })
        expect(await readContainerVariable(panel, 'GREETING')).toBe('hello')
      },
    )

    it('stops and starts by systemd, from the panel and from the shell', async () => {
      await panel.cli('stop')
      expect(await systemctl('is-active', 'razroom.service')).toBe('inactive')
      expect((await readStatus(panel)).gateway.state).toBe('stopped')
      await systemctl('start', 'razroom.service')
      await seeState('running')
      await systemctl('stop', 'razroom.service')
      await seeState('stopped')
      await panel.cli('launch')
      expect((await readStatus(panel)).gateway.state).toBe('running')
    })

    it('is started again by systemd when it dies', async () => {
      const { pid, id } = await inspectGateway(panel)
      await host.run(['kill', '-KILL', String(pid)])
      const status = await waitUntil('systemd has started it again', 120_000, async () => {
        const now = await readStatus(panel)
        return now.gateway.healthy && now.gateway.containerId !== id && now
      })
      expect(status.gateway.unit?.restarts).toBeGreaterThan(0)
    })

    it.runIf(isWhole)('says why it does not start, with its last line, and recovers', async () => {
      const good = (await host.run(['cat', CONFIG_FILE])).stdout
      await byHand(`echo '{ broken' > ${CONFIG_FILE}`)
      expect(problemOf(await panel.tryCli(['restart', '--json'])).code).toBe('CONFIG_INVALID')
      expect((await readStatus(panel)).gateway).toMatchObject({ state: 'running', healthy: true })
      await panel.cli('stop')
      const problem = problemOf(await panel.tryCli(['launch', '--json']))
      expect(problem).toMatchObject({ code: 'GATEWAY_EXITED' })
      expect(problem.detail).toMatch(/JSON5[\s\S]*exit code 1/)
      expect((await seeState('failed')).gateway.fatal?.line).toContain('JSON5')
      await overwrite(panel, CONFIG_FILE, good)
      await panel.cli('launch')
      expect(await readStatus(panel)).toMatchObject({ gateway: { state: 'running', healthy: true } })
    })

    it('uses a unit that was edited by hand as it is, shows it, and replaces it only when told', async () => {
      await byHand(`sed -i s/127.0.0.1:18789:18789/127.0.0.1:28789:18789/ ${unitPath}`)
      await panel.cli('restart')
      expect((await readStatus(panel)).gateway).toMatchObject({
        ports: { gateway: 28789, bridge: 18790 },
        url: 'http://127.0.0.1:28789/',
        unit: { fileState: 'edited' },
      })
      await seeTokenTaken(host, await readToken(panel), 28789)
      const view = await readUnit()
      expect(view.state).toBe('edited')
      expect(view.text).toContain('127.0.0.1:28789:18789')
      expect(view.wanted).toContain('127.0.0.1:18789:18789')
      const replaced = await callApi(panel, 'POST /api/unit/replace')
      expect(replaced.status).toBe(202)
      await waitUntil('the unit is the panel’s again', 120_000, async () => {
        const { gateway, operationId } = await readStatus(panel)
        return gateway.unit?.fileState === 'current' && gateway.healthy && operationId === null
      })
      const kept = (await byHand(`cat ${unitPath}.saved-*`)).stdout
      expect(kept).toContain('127.0.0.1:28789:18789')
      expect((await readStatus(panel)).gateway.ports.gateway).toBe(18789)
    })

    it.runIf(kind === 'debian-13')('keeps drop-ins, and refuses one that would undo the unit', async () => {
      const directory = `${unitPath}.d`
      await byHand(
        `mkdir ${directory} && printf '[Container]\\nEnvironment=MINE=1\\n' > ${directory}/10-mine.conf`,
      )
      await panel.cli('restart')
      expect(await readContainerVariable(panel, 'MINE')).toBe('1')
      expect((await readStatus(panel)).restartReasons).toEqual([])
      const before = await inspectGateway(panel)
      await byHand(`printf '[Container]\\nNonsense=1\\n' > ${directory}/20-bad.conf`)
      const problem = problemOf(await panel.tryCli(['restart', '--json']))
      expect(problem).toMatchObject({ code: 'UNIT_INVALID', detail: expect.stringContaining('Nonsense') })
      expect(await inspectGateway(panel)).toEqual(before)
      await byHand(`rm ${directory}/20-bad.conf`)
    })

    it('is handed over to podman and back, without two owners and with its token', async () => {
      const token = await readToken(panel)
      await setUpBundled(panel)
      expect(await readStatus(panel)).toMatchObject({
        gateway: { mode: 'container', state: 'running', healthy: true },
        restartRequired: false,
      })
      expect((await readStatus(panel)).gateway.unit).toBeUndefined()
      expect(await systemctl('show', '--property=LoadState', '--value', 'razroom.service')).toBe('not-found')
      expect((await byHand(`ls ${unitPath} 2>&1 || true`)).stdout).toContain('No such file')
      expect(await panel.podman('ps', '--format', '{{.Names}}')).toBe('razroom')
      const answer = await callApi(panel, 'POST /api/mode', { mode: 'quadlet' })
      expect(answer.status).toBe(202)
      await waitUntil('the service has it', 120_000, async () => {
        const { gateway, operationId } = await readStatus(panel)
        return gateway.unit?.activeState === 'active' && gateway.healthy && operationId === null
      })
      if (kind === 'debian-13') expect(await readContainerVariable(panel, 'MINE')).toBe('1')
      expect(await panel.podman('ps', '--format', '{{.Names}}')).toBe('razroom')
      expect(await readToken(panel)).toBe(token)
      await seeTokenTaken(host, token)
    })

    it.runIf(isWhole)('changes its ports twice', async () => {
      for (const [gateway, bridge] of [
        [28789, 28790],
        [18789, 18790],
      ] as const) {
        await panel.cli('setup', '--gateway-port', String(gateway), '--bridge-port', String(bridge))
        expect(await readStatus(panel)).toMatchObject({
          gateway: { ports: { address: '127.0.0.1', gateway, bridge }, healthy: true },
          restartRequired: false,
        })
        await seeTokenTaken(host, await readToken(panel), gateway)
      }
    })

    it('is back by itself after a reboot, and is not when it is not to start at boot', async () => {
      const token = await readToken(panel)
      await panel.stop()
      await host.reboot()
      await waitUntil('the gateway answers after the reboot', 120_000, async () => {
        return (await invokeTool(host, token)) === 200
      })
      await panel.start()
      await waitUntil('the unit is up', 120_000, async () => {
        const { gateway } = await readStatus(panel)
        return gateway.healthy && gateway.unit?.activeState === 'active'
      })
      expect((await callApi(panel, 'POST /api/mode', { startAtBoot: false })).status).toBe(202)
      await waitUntil('it is stored', 120_000, async () => {
        const { gateway, operationId } = await readStatus(panel)
        return !gateway.startsAtBoot && operationId === null
      })
      expect(await readUnit()).toMatchObject({ startsAtBoot: false, state: 'current' })
      expect((await readStatus(panel)).gateway.state).toBe('running')
      await panel.stop()
      await host.reboot()
      await panel.start()
      expect((await seeState('stopped')).gateway.unit?.activeState).toBe('inactive')
      await panel.cli('launch')
      expect((await readStatus(panel)).gateway.healthy).toBe(true)
    })

    it('is removed with its unit, and comes back by a launch', async () => {
      await panel.cli('remove')
      expect((await readStatus(panel)).gateway.state).toBe('absent')
      expect((await byHand(`ls ${unitPath} 2>&1 || true`)).stdout).toContain('No such file')
      await panel.cli('launch')
      expect((await readStatus(panel)).gateway).toMatchObject({ state: 'running', mode: 'quadlet' })
    })
  })
}
