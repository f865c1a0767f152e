import { act, cleanup, screen } from '@testing-library/preact'
import { expect, test } from 'vitest'
import type { GatewayStatus, Status } from '../../../contract/schemas.ts'
import type { FileVersion } from '../../../contract/versions.ts'
import { envLatestEtag } from '../../state/env.ts'
import { status } from '../../state/status.ts'
import { calls, json, panel, press, problem, settle, setUpPage } from './test-environment.tsx'

setUpPage()

function version(id: string, etag: string, isCurrent: boolean): FileVersion {
  const at = '2026-03-01T12:00:00Z'
  return { id, at, by: 'page', etag, sizeBytes: 1, isCurrent, added: 1, removed: 0 }
}

async function removeAndSave(): Promise<void> {
  await press('Remove NAME')
  await press('Save')
  panel.versions = [version('2-0000000b', 'v2', true), version('1-0000000a', 'v1', false)]
}

test('a save is taken back by going to the version before it', async () => {
  await removeAndSave()
  panel.answerToSave = () => {
    panel.etag = 'v1'
    return json({ etag: 'v1', changed: true, restartRequired: false })
  }
  await press('Undo the save')
  const restore = calls.find(([, url]) => url.endsWith('/restore'))
  expect(restore).toEqual(['POST', '/api/env/versions/1-0000000a/restore', undefined, '"v2"'])
  expect(screen.getByText('Gone back: the file is as it was.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Undo the save' })).toBeNull()
})

test('when the file was changed since, it says so and changes nothing', async () => {
  await removeAndSave()
  panel.answerToSave = () => problem(412, 'ENV_CHANGED', 'The file was changed meanwhile')
  await press('Undo the save')
  expect(screen.getByRole('alert').textContent).toContain('The file was changed meanwhile')
})

test('when the version before is not kept, it says so', async () => {
  await removeAndSave()
  panel.versions = []
  await press('Undo the save')
  expect(screen.getByRole('alert').textContent).toContain('not kept')
})

test('with new edits on top there is no way back from the save but the versions', async () => {
  await removeAndSave()
  expect(screen.getByRole('button', { name: 'Undo the save' })).toBeTruthy()
  await press('Remove API_KEY')
  expect(screen.queryByRole('button', { name: 'Undo the save' })).toBeNull()
})

test('what was said of a save goes when the file is another', async () => {
  await removeAndSave()
  expect(screen.getByText('Saved.')).toBeTruthy()
  panel.etag = 'v9'
  envLatestEtag.value = 'v9'
  await settle()
  expect(screen.queryByText('Saved.')).toBeNull()
})

const seeStatus = async (gateway: Partial<GatewayStatus>, restartRequired: boolean) => {
  await act(async () => {
    status.value = { gateway, restartRequired } as unknown as Status
  })
}

test('a restart is offered while it is due; one that fails is told, with the way to the overview', async () => {
  await seeStatus({ state: 'running', since: '1' }, true)
  panel.answerToSave = () => {
    panel.etag = 'v2'
    return json({ etag: 'v2', changed: true, restartRequired: true })
  }
  await removeAndSave()
  const offer = () => screen.queryByRole('button', { name: 'Restart to apply' })
  const tone = () => screen.getByText(/^Saved\./).parentElement?.dataset.tone
  expect([offer() !== null, tone()]).toEqual([true, 'good'])
  await seeStatus({ state: 'running', since: '1' }, false)
  expect(offer()).toBeNull()
  await seeStatus({ state: 'failed', since: '2' }, true)
  expect([offer(), tone()]).toEqual([null, 'bad'])
  expect(screen.getByText(/^Saved\./).textContent).toContain('did not start')
  expect(screen.getByRole('link', { name: 'Look at the overview' }).getAttribute('href')).toBe('/')
  await seeStatus({ state: 'running', since: '3' }, false)
  expect(tone()).toBe('good')
  cleanup()
  status.value = null
})

test('why a save was refused is no longer said once the edits are others', async () => {
  panel.answerToSave = () => problem(400, 'ENV_INVALID', 'Not like this')
  await press('Remove NAME')
  await press('Save')
  expect(screen.getByText('Not like this')).toBeTruthy()
  await press('Remove API_KEY')
  expect(screen.queryByText('Not like this')).toBeNull()
})
