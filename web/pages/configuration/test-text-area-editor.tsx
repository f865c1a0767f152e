import type { JSX } from 'preact'
import type { CodeEditorProps } from './code-editor.tsx'

/** In the place of the editor, for tests of the page around it; what is asked of it can be read from its attributes. */
export function TextAreaEditor(props: CodeEditorProps): JSX.Element {
  return (
    <textarea
      aria-label={props.label}
      readOnly={props.isReadOnly}
      data-marks={props.findings.map(({ line, column = '' }) => `${line}:${column}`).join(' ')}
      data-ask={props.ask?.kind === 'goTo' ? `${props.ask.line}:${props.ask.column}` : props.ask?.kind}
      value={props.text}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  )
}
