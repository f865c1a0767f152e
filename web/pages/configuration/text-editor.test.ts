import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTextEditor, type TextEditor } from './text-editor.ts'

const onInput = vi.fn<(text: string) => void>()
let root: ShadowRoot
let editor: TextEditor | undefined

function start(text: string, isReadOnly = false): TextEditor {
  editor = createTextEditor({ root, label: 'Text', text, isReadOnly, onInput })
  return editor
}
const shown = () => [...root.querySelectorAll('.cm-line')].map(({ textContent }) => textContent)

beforeEach(() => {
  onInput.mockReset()
  const host = document.createElement('div')
  document.body.append(host)
  root = host.attachShadow({ mode: 'open' })
})
afterEach(() => {
  editor?.destroy()
  document.body.replaceChildren()
})

test('its styles are adopted by the shadow root: a style element would be against the policy of the page', () => {
  start('{}')
  expect(root.adoptedStyleSheets.length).toBeGreaterThan(0)
  expect(document.querySelectorAll('style')).toHaveLength(0)
  expect(root.querySelectorAll('style')).toHaveLength(0)
})

test('a text from elsewhere is shown, is nothing that was typed, and can not be undone', () => {
  const made = start('{\n  a: 1,\n}')
  made.setText('{\n  a: 2,\n}')
  expect(shown()).toEqual(['{', '  a: 2,', '}'])
  made.undo()
  expect(shown()).toEqual(['{', '  a: 2,', '}'])
  made.setText('{\r\n  b: 3,\r\n}')
  expect(shown()).toEqual(['{', '  b: 3,', '}'])
  expect(onInput).not.toHaveBeenCalled()
})

test('it says what it is, and whether it can be written in', () => {
  start('{}', true)
  const content = root.querySelector('.cm-content')
  expect(content?.getAttribute('aria-label')).toBe('Text')
  expect(content?.getAttribute('aria-readonly')).toBe('true')
})

test('what is wrong is marked in its line', () => {
  const made = start("{\n  mode: 'x',\n}")
  made.setFindings([{ id: 'm', severity: 'error', title: 'Wrong', evidence: '', line: 2, column: 9 }])
  expect(root.querySelector('.cm-lintRange-error')?.textContent).toBe("'x'")
})
