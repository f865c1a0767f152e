import { screen } from '@testing-library/preact'
import { expect, test } from 'vitest'
import type { FileVersion } from '../../../contract/versions.ts'
import { calls, json, panel, press, problem, setUpPage } from './test-environment.tsx'

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
    panel.etag = 'v3'
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
