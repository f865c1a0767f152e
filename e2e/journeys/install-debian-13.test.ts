import { expect, test } from 'vitest'
import type { Status } from '../../contract/schemas.ts'
import type { TestHost } from '../host/host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { describeInstallJourney } from './install-journey.ts'
import { INSTALL_TIMEOUT_MS, panelJson, panelPid, runInstaller, statusOf, uidOf } from './install-steps.ts'

const UNITS = '/etc/systemd/system'
/** The one unit that the panel had before its two halves, as far as it matters. */
const FORMER_UNIT = `[Service]
Type=exec
EnvironmentFile=/etc/razroom-panel/panel.env
ExecStart=/usr/local/bin/razroom-panel serve --port \${PANEL_PORT}
Restart=on-failure
RuntimeDirectory=razroom-panel
RuntimeDirectoryMode=0700
StateDirectory=razroom-panel
StateDirectoryMode=0700
[Install]
WantedBy=multi-user.target
`
const MAKE_FORMER = `
set -e
systemctl disable --now razroom-panel.socket razroom-panel-host.socket razroom-panel.service razroom-panel-host.service
rm ${UNITS}/razroom-panel.socket ${UNITS}/razroom-panel-host.*
cat > ${UNITS}/razroom-panel.service
systemctl daemon-reload
systemctl enable --now razroom-panel.service`

async function userOf(host: TestHost, unit: string): Promise<string> {
  const pid = (await host.run(['systemctl', 'show', '--value', '--property=MainPID', unit])).stdout
  return (await host.run(['stat', '--format=%U', `/proc/${pid}`])).stdout
}

describeInstallJourney('debian-13', {
  uninstall: 'return',
  further(host) {
    test('the front runs as a user without rights, and its port is systemd’s', async () => {
      expect(await userOf(host(), 'razroom-panel.service')).toBe('razroom-panel')
      expect(await userOf(host(), 'razroom-panel-host.service')).toBe('root')
      for (const unit of ['razroom-panel.socket', 'razroom-panel-host.socket'])
        expect((await host().run(['systemctl', 'is-enabled', unit])).stdout).toBe('enabled')
      expect(Number(await uidOf(host(), 'razroom-panel'))).toBeLessThan(1000)
    })

    test(
      'an installation from before the two halves is switched over',
      async () => {
        const before = await panelJson<Status>(host(), 'status')
        await host().run(['sh', '-c', MAKE_FORMER], { input: FORMER_UNIT })
        await waitUntil(
          'the former panel answers',
          120_000,
          async () => (await statusOf(host(), 'http://127.0.0.1:18780/healthz')) === '200',
        )
        const former = await panelPid(host(), 'debian-13')
        const { exitCode, stdout, stderr } = await runInstaller(host(), ['--panel-only'])
        expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
        expect(await panelPid(host(), 'debian-13')).not.toBe(former)
        expect(await userOf(host(), 'razroom-panel.service')).toBe('razroom-panel')
        expect(await userOf(host(), 'razroom-panel-host.service')).toBe('root')
        const after = await panelJson<Status>(host(), 'status')
        expect(after.gateway).toMatchObject({ since: before.gateway.since, healthy: true })
        const failed = ['systemctl', 'list-units', '--state=failed', '--plain', '--no-legend']
        expect((await host().run(failed)).stdout).toBe('')
      },
      INSTALL_TIMEOUT_MS,
    )
  },
})
