import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { UploadField } from './upload-field.tsx'

type Upload = Parameters<typeof UploadField>[0]['upload']

const file = new File(['x'.repeat(2_000)], 'image.tar')
const onDone = vi.fn()
const onFailure = vi.fn()
let sending: { options: Parameters<Upload>[1]; end: PromiseWithResolvers<string> } | null = null

const choose = async () => {
  render(
    <UploadField
      label="Send a file…"
      upload={(_file, options) => {
        const end = Promise.withResolvers<string>()
        options.signal.addEventListener('abort', () => end.reject(new DOMException('', 'AbortError')))
        sending = { options, end }
        return end.promise
      }}
      onDone={onDone}
      onFailure={onFailure}
    />,
  )
  const input = screen.getByLabelText('Send a file…', { selector: 'input' })
  Object.defineProperty(input, 'files', { value: [file], configurable: true })
  await act(async () => {
    fireEvent.change(input)
  })
  if (!sending) throw new Error('nothing is being sent')
  return sending
}

beforeEach(() => {
  sending = null
  onDone.mockReset()
  onFailure.mockReset()
})
afterEach(cleanup)

test('how far it is, and where the file went', async () => {
  const { options, end } = await choose()
  act(() => options.onProgress({ done: 1_500, total: 2_000 }))
  expect(screen.getByRole('progressbar')).toHaveProperty('value', 75)
  expect(screen.getByText('1.50 kB of 2.00 kB')).toBeTruthy()
  await act(async () => end.resolve('/var/uploads/1'))
  expect(onDone).toHaveBeenCalledWith('/var/uploads/1', file)
  expect(screen.queryByRole('progressbar')).toBeNull()
})

test('ended by the person: no failure, and another file can be sent', async () => {
  await choose()
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Stop sending' }))
  })
  expect(onFailure).not.toHaveBeenCalled()
  expect(onDone).not.toHaveBeenCalled()
  expect(screen.getByRole('button', { name: 'Send a file…' })).toBeTruthy()
})

test('a failure is handed on; a page that is left ends the sending', async () => {
  const { end } = await choose()
  await act(async () => end.reject(new Error('full')))
  expect(onFailure).toHaveBeenCalledWith(new Error('full'))
  cleanup()
  const { options } = await choose()
  cleanup()
  await vi.waitFor(() => expect(options.signal.aborted).toBe(true))
})
