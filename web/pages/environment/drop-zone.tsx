import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { openImport, openImportOf } from './import-dialog.tsx'

/** Takes a `.env` that is dropped anywhere on it to the import. @param props.isOpen false while nothing may come in */
export function DropZone(props: { isOpen: boolean; children: ComponentChildren }): JSX.Element {
  const [isOver, setOver] = useState(false)
  const isWanted = ({ dataTransfer, target }: DragEvent): boolean => {
    if (!props.isOpen || !dataTransfer) return false
    // Text that is dragged into a field belongs there.
    const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    return dataTransfer.types.includes('Files') || (dataTransfer.types.includes('text/plain') && !isField)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a short cut; the button Import… does the same
    <div
      class="page"
      data-drop={isOver || undefined}
      onDragOver={(event) => {
        if (!isWanted(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        const { relatedTarget, currentTarget } = event
        if (!(relatedTarget instanceof Node) || !currentTarget.contains(relatedTarget)) setOver(false)
      }}
      onDrop={(event) => {
        setOver(false)
        if (!isWanted(event)) return
        event.preventDefault()
        const [file] = event.dataTransfer?.files ?? []
        if (file) void openImportOf(file)
        else openImport(event.dataTransfer?.getData('text/plain') ?? '')
      }}
    >
      {props.children}
    </div>
  )
}
