/**
 * Selection and copy over rows of which only those in sight are in the document: where a selection begins and ends is
 * kept by line and letter, so that it outlives the rows, and what is copied is taken from the lines.
 */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** A place in a line. */
export interface RowPoint {
  readonly number: number
  /** In letters of the text without colours; 0 and Infinity are its ends, NaN the whole, whichever end it is. */
  readonly offset: number
}

/** From one place to another, in the order of the lines. */
export interface RowRange {
  readonly first: RowPoint
  readonly last: RowPoint
}

/** What the hook needs of the list. */
export interface CopySource {
  /** All lines that are shown; null when there are none. */
  all(): RowRange | null
  /** The text to be copied. */
  read(range: RowRange): { readonly text: string; readonly count: number }
  onCopied(count: number): void
}

/** Puts two places in order. */
export function rangeOf(anchor: RowPoint, focus: RowPoint): RowRange {
  const isForward =
    anchor.number === focus.number ? !(anchor.offset > focus.offset) : anchor.number < focus.number
  return isForward ? { first: anchor, last: focus } : { first: focus, last: anchor }
}

/** One line to be copied. */
export interface CopiedLine {
  readonly number: number
  readonly text: string
  /** '' where times are not shown. */
  readonly time: string
}

/** Plain text of a range, a row for each line; a time stands before each line that is taken from its beginning. */
export function joinRows(
  lines: Iterable<CopiedLine>,
  { first, last }: RowRange,
): { text: string; count: number } {
  const rows: string[] = []
  for (const { number, text, time } of lines) {
    const from = number === first.number && first.offset > 0 ? first.offset : 0
    const to = number === last.number && !Number.isNaN(last.offset) ? last.offset : Infinity
    const isWholeBeginning = from === 0 && time !== ''
    rows.push(isWholeBeginning ? `${time} ${text.slice(from, to)}` : text.slice(from, to))
  }
  return { text: rows.join('\n'), count: rows.length }
}

/** The place in its line of a boundary of the selection; null outside the rows. */
export function pointOf(box: Element, node: Node | null, offset: number): RowPoint | null {
  const element = node instanceof Element ? node : node?.parentElement
  const row = element?.closest<HTMLElement>('[data-number]')
  if (!node || !row || !box.contains(row)) return null
  const number = Number(row.dataset.number)
  const text = row.querySelector('.log-text')
  if (row.dataset.unfolded !== undefined || !text) return { number, offset: Number.NaN }
  const range = document.createRange()
  range.selectNodeContents(text)
  const side = range.comparePoint(node, offset)
  if (side !== 0) return { number, offset: side < 0 ? 0 : Infinity }
  range.setEnd(node, offset)
  return { number, offset: range.toString().length }
}

/** Follows the selection in the list. @param place that the numbers of lines are of @returns the range over more than one line, null for none */
export function useCopyRows(
  box: { readonly current: HTMLElement | null },
  place: object,
  source: CopySource,
): Signal<RowRange | null> {
  const range = useSignal<RowRange | null>(null)
  const current = useRef(source)
  current.current = source
  useEffect(() => {
    let [anchor, focus]: (RowPoint | null)[] = [null, null]
    const keep = (): void => {
      const isWide = anchor && focus && anchor.number !== focus.number
      const next = isWide && anchor && focus ? rangeOf(anchor, focus) : null
      if (next || range.value) range.value = next
    }
    const forget = (): void => {
      anchor = null
      focus = null
      keep()
    }
    const onSelection = (): void => {
      const selection = getSelection()
      const list = box.current
      if (!selection?.anchorNode || !list) return
      if (!list.contains(selection.anchorNode)) {
        forget()
        return
      }
      // The anchor stays where the selection began: browsers move it to another row when its own leaves the document.
      // An end that lies in no row now has lost its row as well, and stays where it was.
      anchor ??= pointOf(list, selection.anchorNode, selection.anchorOffset)
      focus = pointOf(list, selection.focusNode, selection.focusOffset) ?? focus
      keep()
    }
    const onCopy = (event: ClipboardEvent): void => {
      if (!range.value || isField(event.target)) return
      const { text, count } = current.current.read(range.value)
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      current.current.onCopied(count)
    }
    const onKeyDown = (event: KeyboardEvent): void => {
      const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
      if (isAll && box.current?.contains(event.target as Node)) {
        event.preventDefault()
        getSelection()?.removeAllRanges()
        range.value = current.current.all()
      } else if (event.key === 'Escape') forget()
    }
    const onPointerDown = (event: PointerEvent): void => {
      if (event.button === 0 && !event.shiftKey) forget()
    }
    // A selection that begins anew, wherever, ends the one before.
    document.addEventListener('pointerdown', onPointerDown)
    document.addEventListener('selectstart', forget)
    document.addEventListener('selectionchange', onSelection)
    document.addEventListener('copy', onCopy)
    document.addEventListener('keydown', onKeyDown)
    return () => {
      document.removeEventListener('pointerdown', onPointerDown)
      document.removeEventListener('selectstart', forget)
      document.removeEventListener('selectionchange', onSelection)
      document.removeEventListener('copy', onCopy)
      document.removeEventListener('keydown', onKeyDown)
      range.value = null
    }
  }, [place])
  return range
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null
}
