/** xterm.js behind the few words that the page has for it. Nothing else of the page knows what draws the terminal. */
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { strictDocument, useStrictDocument } from './screen-styles.ts'
import { readTheme, watchTheme } from './screen-theme.ts'

export interface ScreenSize {
  readonly cols: number
  readonly rows: number
}

export interface ScreenOptions {
  readonly root: HTMLElement
  onInput(data: string): void
  onResize(size: ScreenSize): void
  /** F6: the keyboard goes on behind the terminal, for Tab is the program's (WCAG 2.2, 2.1.2). */
  onLeave(): void
}

export interface Screen {
  /** Draws the bytes; `onDrawn` once they are. */
  write(bytes: Uint8Array, onDrawn: () => void): void
  clear(): void
  size(): ScreenSize
  focus(): void
  /** Types a key by its name. */
  press(key: ScreenKey): void
  paste(text: string): void
  /** What is marked; empty when nothing is. */
  selection(): string
  /** The last lines that are not empty, as they are drawn. */
  lastLines(count: number): string[]
  setScreenReader(isOn: boolean): void
  destroy(): void
}

export type ScreenKey = 'Esc' | 'Tab' | 'Ctrl-C' | 'Up' | 'Down' | 'Left' | 'Right' | 'Enter'

const ARROWS: Readonly<Partial<Record<ScreenKey, string>>> = { Up: 'A', Down: 'B', Right: 'C', Left: 'D' }
const PLAIN: Readonly<Partial<Record<ScreenKey, string>>> = {
  Esc: '\x1b',
  Tab: '\t',
  'Ctrl-C': '\x03',
  Enter: '\r',
}
/** The contract's bounds. */
const MIN = { cols: 20, rows: 5 }
const MAX = { cols: 500, rows: 200 }
const FONT_SIZE = 14
const SCROLLBACK_LINES = 5_000

/** Makes a terminal in an element that is in the page. It lives until `destroy`. */
export function createScreen({ root, onInput, onResize, onLeave }: ScreenOptions): Screen {
  const terminal = new Terminal({
    documentOverride: strictDocument(),
    theme: readTheme(root),
    fontFamily: getComputedStyle(root).fontFamily,
    fontSize: FONT_SIZE,
    lineHeight: 1.2,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    scrollback: SCROLLBACK_LINES,
    // What a program calls grey may not be readable here.
    minimumContrastRatio: 4.5,
    linkHandler: {
      activate: (_event, address) => {
        if (/^https?:\/\//i.test(address)) open(address, '_blank', 'noopener,noreferrer')
      },
    },
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  const releaseDocument = useStrictDocument()
  terminal.open(root)
  terminal.attachCustomKeyEventHandler((event) => isForTerminal(event, terminal, onLeave))
  terminal.onData(onInput)
  terminal.onResize(onResize)
  const fitNow = (): void => {
    const wanted = fit.proposeDimensions()
    if (wanted && Number.isFinite(wanted.cols)) terminal.resize(...within(wanted))
  }
  const observer = new ResizeObserver(fitNow)
  observer.observe(root)
  const stopTheme = watchTheme(() => {
    terminal.options.theme = readTheme(root)
  })
  fitNow()
  return {
    write: (bytes, onDrawn) => terminal.write(bytes, onDrawn),
    clear: () => terminal.reset(),
    size: () => ({ cols: terminal.cols, rows: terminal.rows }),
    focus: () => terminal.focus(),
    press: (key) => terminal.input(sequenceOf(key, terminal.modes.applicationCursorKeysMode)),
    paste: (text) => terminal.paste(text),
    selection: () => terminal.getSelection(),
    lastLines: (count) => readLastLines(terminal, count),
    setScreenReader: (isOn) => {
      terminal.options.screenReaderMode = isOn
    },
    destroy() {
      observer.disconnect()
      stopTheme()
      terminal.dispose()
      releaseDocument()
    },
  }
}

function within({ cols, rows }: ScreenSize): [number, number] {
  const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value))
  return [clamp(cols, MIN.cols, MAX.cols), clamp(rows, MIN.rows, MAX.rows)]
}

function sequenceOf(key: ScreenKey, isApplicationMode: boolean): string {
  const arrow = ARROWS[key]
  return arrow === undefined ? (PLAIN[key] ?? '') : `\x1b${isApplicationMode ? 'O' : '['}${arrow}`
}

/** F6 leaves; copying and pasting stay the browser's: Ctrl+C while something is marked, Ctrl+Shift+C, Ctrl+V. */
function isForTerminal(event: KeyboardEvent, terminal: Terminal, onLeave: () => void): boolean {
  if (event.key === 'F6') {
    event.preventDefault()
    if (event.type === 'keydown') onLeave()
    return false
  }
  if (!event.ctrlKey || event.altKey || event.metaKey) return true
  const key = event.key.toLowerCase()
  if (key === 'v') return false
  if (key !== 'c' || !(terminal.hasSelection() || event.shiftKey)) return true
  if (event.type === 'keydown') {
    event.preventDefault()
    void navigator.clipboard.writeText(terminal.getSelection())
  }
  return false
}

function readLastLines(terminal: Terminal, count: number): string[] {
  const { active } = terminal.buffer
  const lines: string[] = []
  for (let index = active.length - 1; index >= 0 && lines.length < count; index -= 1) {
    const text = active.getLine(index)?.translateToString(true) ?? ''
    if (text.trim() !== '') lines.unshift(text)
  }
  return lines
}
