import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Finding } from '../../../contract/schemas.ts'
import { createTextEditor, type TextEditor } from './text-editor.ts'

/** Something that is asked of the editor from beside it; each new object is asked once. */
export type EditorAsk =
  | { readonly kind: 'undo' | 'redo' | 'search' }
  | { readonly kind: 'goTo'; readonly line: number; readonly column: number | undefined }

export interface CodeEditorProps {
  readonly label: string
  readonly text: string
  /** Another one for each text that was not typed in this editor; then, and only then, the text is taken over. */
  readonly revision: string
  /** Of the editor's whole life; another one has another key. */
  readonly isReadOnly: boolean
  readonly hasFocus: boolean
  readonly findings: readonly Finding[]
  readonly ask: EditorAsk | null
  readonly onInput: (text: string) => void
}

/** The text of razroom.json with colours, line numbers, search, undo, and marks where something is wrong. */
export function CodeEditor(props: CodeEditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<TextEditor | null>(null)
  const onInput = useRef(props.onInput)
  onInput.current = props.onInput
  useLayoutEffect(() => {
    if (!host.current) return
    const made = createTextEditor({
      root: host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' }),
      label: props.label,
      text: props.text,
      isReadOnly: props.isReadOnly,
      onInput: (text) => onInput.current(text),
    })
    editor.current = made
    if (props.hasFocus) made.focus()
    return () => {
      editor.current = null
      made.destroy()
    }
  }, [])
  useEffect(() => editor.current?.setText(props.text), [props.revision])
  useEffect(() => editor.current?.setFindings(props.findings), [props.findings])
  useEffect(() => {
    if (editor.current && props.ask) answer(editor.current, props.ask)
  }, [props.ask])
  return <div ref={host} class="code-editor" data-editor={props.isReadOnly ? 'view' : 'edit'} />
}

function answer(editor: TextEditor, ask: EditorAsk): void {
  if (ask.kind === 'goTo') editor.goTo(ask.line, ask.column)
  else editor[ask.kind]()
}
