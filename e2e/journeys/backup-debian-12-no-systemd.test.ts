import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BackupEntry } from '../../contract/backups.ts'
import type { Operation } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import {
  type PanelHost,
  readStatus,
  readToken,
  seeTokenTaken,
  setUpBundled,
  startPanel,
} from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { picture, restore, shell } from './backup-steps.ts'
import { ENV_FILE } from './gateway-container.ts'

let host: TestHost
let panel: PanelHost
beforeAll(async () => {
  host = await createHost({ kind: 'debian-12-no-systemd' })
  panel = await startPanel(host)
  await setUpBundled(panel)
})
afterAll(() => host?.destroy())

const list = () => panel.cli<BackupEntry[]>('backup', '--list')

it('backs up and restores without systemd', async () => {
  const [token, before] = [await readToken(panel), await picture(host)]
  await panel.cli<Operation>('backup', '/root/mine.tar.zst')
  await shell(host, `echo broken > ${ENV_FILE}`, 'razroom')
  expect(await restore(panel, '/root/mine.tar.zst')).toMatchObject({ state: 'succeeded', changed: true })
  expect(await picture(host)).toEqual(before)
  await seeTokenTaken(host, token)
  expect(await readStatus(panel)).toMatchObject({ restartRequired: false })
})

it('makes scheduled backups by itself, as long as the panel runs', async () => {
  await panel.cli('backup', '--every', 'weekly', '--keep', '1')
  const isThere = async () =>
    ((await callApi(panel, 'GET /api/backups')).body as BackupEntry[]).some(
      ({ reason }) => reason === 'schedule',
    )
  await waitUntil('a scheduled backup', 240_000, isThere)
  // It is listed before the operation has removed what is too old.
  await waitUntil('it is over', 60_000, async () => (await readStatus(panel)).operationId === null)
  const others = (await list()).filter(({ reason }) => reason !== 'schedule')
  await panel.cli<Operation>('backup', '--scheduled')
  expect((await list()).filter(({ reason }) => reason === 'schedule')).toHaveLength(1)
  expect((await list()).filter(({ reason }) => reason !== 'schedule')).toEqual(others)
  await panel.cli('backup', '--every', 'off')
})
