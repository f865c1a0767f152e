import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import type { Finding } from '../../contract/schemas.ts'
import { FindingList } from './finding-list.tsx'

afterEach(cleanup)

const finding: Finding = {
  id: 'env.export',
  severity: 'warning',
  title: 'The word export',
  evidence: '',
  hint: 'Remove the word export.',
  fix: { label: 'Remove the word export' },
}
const button = ({ fix }: Finding) => <button type="button">{fix?.label}</button>

test('a hint is left out where the button says the same, and only there', () => {
  render(<FindingList findings={[finding]} actions={button} />)
  expect(screen.queryByText('Remove the word export.')).toBeNull()
  cleanup()
  render(<FindingList findings={[finding]} actions={() => null} />)
  expect(screen.getByText('Remove the word export.')).toBeTruthy()
  cleanup()
  render(<FindingList findings={[{ ...finding, hint: 'Write it again.' }]} actions={button} />)
  expect(screen.getByText('Write it again.')).toBeTruthy()
})
