import { screen } from '@testing-library/preact'
import { describe, expect, test } from 'vitest'
import type { FileVersion } from '../../../contract/versions.ts'
import { setUpPage } from './test-environment.tsx'

const version: FileVersion = {
  id: '1-0000000a',
  at: '2026-03-01T12:00:00Z',
  by: 'page',
  etag: 'v1',
  sizeBytes: 1,
  isCurrent: false,
  added: 1,
  removed: 0,
}
const removal: FileVersion = { ...version, id: '2-0000000b', etag: 'absent', sizeBytes: 0, isCurrent: true }
const missing = { exists: false, etag: 'absent', entries: [], findings: [] }

describe('a file that was removed', () => {
  setUpPage({ ...missing, versions: [removal, version] })

  test('can be brought back from its versions, which are open, under one heading', () => {
    expect(document.body.textContent).toContain(
      'It was removed; an earlier version can be brought back below',
    )
    expect(screen.getByRole('button', { name: /^Go back to this/ })).toBeTruthy()
    expect(screen.getAllByText('Versions')).toHaveLength(1)
  })
})

describe('a file that never was', () => {
  setUpPage({ ...missing, versions: [] })

  test('is made by saving, and its versions stay closed', () => {
    expect(document.body.textContent).toContain('does not exist yet; saving makes it')
    expect(screen.getByText('Versions').closest('details')?.open).toBe(false)
  })
})
