import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import * as editor from './env-editor.ts'
import { ImportPreview } from './import-preview.tsx'
import { takeImport } from './merge-import.ts'
import { importRefusal } from './read-import.ts'

export interface ImportRequest {
  /** What was dropped or pasted; null asks for it. */
  readonly text: string | null
  readonly problem?: string | undefined
}

/** The import that is going on; null when there is none. */
export const importRequest = signal<ImportRequest | null>(null)

/** Opens the import with a text, or without one. */
export function openImport(text: string | null = null): void {
  const problem = text === null ? undefined : importRefusal(text)
  importRequest.value = problem === undefined ? { text } : { text: null, problem }
}

/** Opens the import with a file of the person's own machine. */
export async function openImportOf(file: File): Promise<void> {
  try {
    openImport(await file.text())
  } catch {
    // A folder, or a file that is gone: the browser says no more than that.
    importRequest.value = { text: null, problem: `${file.name} can’t be read.` }
  }
}

/** Brings a whole `.env` in: from a file, pasted or dropped. Nothing is saved by it. */
export function ImportDialog(): JSX.Element | null {
  const request = importRequest.value
  const document = editor.base.value
  if (!request || !document) return null
  const close = (): void => {
    importRequest.value = null
  }
  return (
    <Dialog title="Import variables" onClose={close}>
      {request.text === null ? (
        <Source problem={request.problem} onClose={close} />
      ) : (
        <ImportPreview
          key={request.text}
          text={request.text}
          document={document}
          draft={editor.draft.value}
          onBack={() => openImport()}
          onTake={(variables) => {
            close()
            editor.closeText()
            editor.mode.value = 'table'
            editor.edit(takeImport(editor.draft.value, document, variables))
          }}
        />
      )}
    </Dialog>
  )
}

function Source(props: { problem: string | undefined; onClose: () => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  return (
    <>
      <p>
        Choose a .env file of your own machine, or paste its text. You see what it changes before it is taken.
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to import"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          // The same file can be chosen once more.
          event.currentTarget.value = ''
          if (file) void openImportOf(file)
        }}
      />
      <div class="row">
        <Button onClick={() => input.current?.click()}>Choose a file…</Button>
      </div>
      <TextArea
        label="Or paste the text"
        rows={8}
        value={text}
        placeholder={'NAME=value\nOTHER=value'}
        error={props.problem}
        onInput={setText}
      />
      <div class="row">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button
          kind="primary"
          reason={text.trim() === '' ? 'Paste a text or choose a file first' : undefined}
          onClick={() => openImport(text)}
        >
          Continue
        </Button>
      </div>
    </>
  )
}
