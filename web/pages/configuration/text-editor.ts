/** CodeMirror behind the few words that the page has for it. Nothing else of the page knows what the editor is. */
import { defaultKeymap, history, historyKeymap, redo, undo } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { openSearchPanel, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Transaction } from '@codemirror/state'
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { Finding } from '../../../contract/schemas.ts'
import { diagnosticsOf, placeOf } from './diagnostics.ts'
import { editorColours, editorTheme } from './editor-theme.ts'
import { json5Language } from './json5-mode.ts'
import { indentUnitOf, lineBreakOf } from './line-breaks.ts'

export interface TextEditorOptions {
  /** A shadow root: there the styles of the editor go by `adoptedStyleSheets`, which `style-src 'self'` lets pass. */
  readonly root: ShadowRoot
  readonly label: string
  readonly text: string
  readonly isReadOnly: boolean
  readonly onInput: (text: string) => void
}

export interface TextEditor {
  /** Takes a text that was not typed here. What was typed can still be undone. */
  setText(text: string): void
  /** Marks what is wrong at its place. */
  setFindings(findings: readonly Finding[]): void
  /** @param line from 1 @param column from 1, in UTF-16 code units */
  goTo(line: number, column: number | undefined): void
  focus(): void
  undo(): void
  redo(): void
  search(): void
  destroy(): void
}

/** Makes an editor in a shadow root. It lives until `destroy`. */
export function createTextEditor(options: TextEditorOptions): TextEditor {
  let lineBreak = lineBreakOf(options.text)
  const view = new EditorView({
    state: createState(options, options.text),
    root: options.root,
    parent: options.root,
  })
  return {
    setText: (text) => {
      if (text === view.state.sliceDoc()) return
      if (lineBreakOf(text) === lineBreak) view.dispatch(replacement(view.state, text))
      else {
        lineBreak = lineBreakOf(text)
        view.setState(createState(options, text))
      }
    },
    setFindings: (findings) =>
      view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state.doc, findings))),
    goTo: (line, column) => {
      const anchor = placeOf(view.state.doc, line, column)
      view.dispatch({
        selection: { anchor },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      })
      view.focus()
    },
    focus: () => view.focus(),
    undo: () => undo(view),
    redo: () => redo(view),
    search: () => openSearchPanel(view),
    destroy: () => view.destroy(),
  }
}

function createState(options: TextEditorOptions, text: string): EditorState {
  const { isReadOnly, label } = options
  return EditorState.create({
    doc: text,
    extensions: [
      EditorState.lineSeparator.of(lineBreakOf(text)),
      EditorState.readOnly.of(isReadOnly),
      EditorView.contentAttributes.of({
        'aria-label': label,
        ...(isReadOnly ? { 'aria-readonly': 'true' } : {}),
      }),
      EditorView.updateListener.of((update) => {
        const isTyped = update.transactions.some(
          (transaction) => transaction.docChanged && !transaction.annotation(Transaction.remote),
        )
        if (isTyped) options.onInput(update.state.sliceDoc())
      }),
      indentUnit.of(indentUnitOf(text)),
      EDITING,
    ],
  })
}

const EDITING: Extension = [
  lineNumbers(),
  lintGutter(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  json5Language,
  syntaxHighlighting(editorColours),
  bracketMatching(),
  indentOnInput(),
  search({ top: true }),
  EditorView.lineWrapping,
  // Tab is not among them: it leads on to what stands below, as everywhere in the page.
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
  editorTheme,
]

/** The smallest change that makes the text another one, so that the cursor and the history stay where they are. */
function replacement(state: EditorState, text: string) {
  const before = state.doc.toString()
  const next = state.toText(text)
  const after = next.toString()
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1
  return {
    changes: { from: head, to: before.length - tail, insert: next.slice(head, after.length - tail) },
    annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)],
  }
}
