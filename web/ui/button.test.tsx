import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { Button } from './button.tsx'

afterEach(cleanup)

test('a button that can not be used stays reachable, says why, and does nothing', () => {
  const onClick = vi.fn()
  render(
    <Button onClick={onClick} reason="Wait until it has finished">
      Stop
    </Button>,
  )
  const button = screen.getByRole('button', { name: 'Stop' })
  fireEvent.click(button)
  expect(onClick).not.toHaveBeenCalled()
  expect(button.getAttribute('aria-disabled')).toBe('true')
  expect(button.title).toBe('Wait until it has finished')
  expect(button.hasAttribute('disabled')).toBe(false)
})

test('a busy button does not start its work twice', () => {
  const onClick = vi.fn()
  const { rerender } = render(<Button onClick={onClick}>Save</Button>)
  fireEvent.click(screen.getByRole('button'))
  rerender(
    <Button onClick={onClick} isBusy>
      Save
    </Button>,
  )
  fireEvent.click(screen.getByRole('button'))
  expect(onClick).toHaveBeenCalledOnce()
  expect(screen.getByRole('button').getAttribute('aria-busy')).toBe('true')
})
