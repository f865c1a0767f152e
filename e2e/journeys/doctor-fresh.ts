import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { createHost, type HostKind, type TestHost } from '../host/host.ts'
import { type PanelHost, readStatus, startPanel } from '../host/panel-host.ts'
import { askDoctor, badOf, findingOf, troubleOf } from './doctor-steps.ts'
import { CONFIG_FILE, ENV_FILE, overwrite } from './gateway-container.ts'

/** A fresh install is well on this machine, with and without a daemon; a file of root is found and mended. */
export function describeFreshDoctor(kind: HostKind, mode: '--container' | '--quadlet'): void {
  describe(`the doctor on ${kind}`, () => {
    let host: TestHost
    let panel: PanelHost

    beforeAll(async () => {
      host = await createHost({ kind })
      panel = await startPanel(host)
    })
    afterAll(() => host?.destroy())

    const expectWell = async (...options: string[]) => {
      const report = await askDoctor(panel, ...options)
      expect({ bad: badOf(report), trouble: troubleOf(report) }).toEqual({ bad: [], trouble: [] })
      expect(report.exitCode).toBe(0)
    }

    it('finds nothing that counts before and after a setup', async () => {
      await expectWell()
      await panel.cli<Operation>('setup', '--bundled', mode)
      await expectWell()
      await expectWell('--slow')
    })

    it('mends a file of root that others may read', async () => {
      await host.run(['chmod', '644', ENV_FILE])
      await host.run(['chown', 'root:root', ENV_FILE])
      const broken = await askDoctor(panel)
      expect([broken.exitCode, findingOf(broken, 'files.root-owned').severity]).toEqual([1, 'error'])
      await panel.tryCli(['doctor', '--fix', 'files.root-owned', '--json'])
      expect(badOf(await askDoctor(panel))).toEqual(['files.env-mode'])
      expect((await panel.tryCli(['doctor', '--fix', 'files', '--json'])).exitCode).toBe(0)
      expect((await host.run(['stat', '--format=%U %a', ENV_FILE])).stdout.trim()).toBe('razroom 600')
    })

    // As a service systemd tries again by itself, and the two would race.
    if (mode === '--container') {
      it('mends the cause of a failed start, then the gateway', async () => {
        await overwrite(panel, CONFIG_FILE, '{ gateway: { mode: "remote" } }\n')
        expect((await panel.tryCli(['restart', '--json'])).exitCode).not.toBe(0)
        const broken = await askDoctor(panel)
        expect(badOf(broken).sort()).toEqual(['config.findings', 'gateway.failed'])
        await panel.tryCli(['doctor', '--fix', 'config.findings', '--json'])
        expect(badOf(await askDoctor(panel))).toEqual(['gateway.failed'])
        expect((await panel.tryCli(['doctor', '--fix', 'gateway.failed', '--json'])).exitCode).toBe(0)
        expect((await readStatus(panel)).gateway.healthy).toBe(true)
      })
    }

    it('looks without a daemon, too', async () => {
      await panel.stop()
      const report = await askDoctor(panel)
      const bad = kind === 'debian-12-no-systemd' ? [] : ['panel.stopped']
      expect({ bad: badOf(report), trouble: troubleOf(report) }).toEqual({ bad, trouble: [] })
    })
  })
}
