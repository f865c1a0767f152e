import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { WarningNote } from './warning-note.tsx'

afterEach(cleanup)

test('each warning is told as text, and none takes no room', () => {
  const { container, rerender } = render(<WarningNote warnings={['.env cannot be read', '<b>x</b>']} />)
  expect(screen.getByRole('heading').textContent).toBe('2 warnings')
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    '.env cannot be read',
    '<b>x</b>',
  ])
  rerender(<WarningNote warnings={[]} />)
  expect(container.innerHTML).toBe('')
})
