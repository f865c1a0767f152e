/** The colours of web/styles/tokens.css as xterm wants them: resolved, for it knows no custom properties. */
import type { ITheme } from '@xterm/xterm'

const TOKENS = {
  background: '--sunken',
  foreground: '--text',
  cursor: '--accent',
  cursorAccent: '--sunken',
  selectionBackground: '--shade',
  black: '--line-strong',
  brightBlack: '--muted',
  red: '--bad',
  brightRed: '--bad',
  green: '--good',
  brightGreen: '--good',
  yellow: '--warn',
  brightYellow: '--warn',
  blue: '--accent',
  brightBlue: '--accent-strong',
  magenta: '--accent-strong',
  brightMagenta: '--accent-strong',
  cyan: '--accent',
  brightCyan: '--accent',
  white: '--text',
  brightWhite: '--text',
} as const satisfies Partial<Record<keyof ITheme, string>>

/** The colours as they are now below this element. */
export function readTheme(below: HTMLElement): ITheme {
  const probe = document.createElement('span')
  below.append(probe)
  const colour = (token: string): string => {
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
  const theme = Object.fromEntries(Object.entries(TOKENS).map(([name, token]) => [name, colour(token)]))
  probe.remove()
  return theme
}

/** Calls back when light and dark change places. @returns a function that ends it */
export function watchTheme(onChange: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const observer = new MutationObserver(onChange)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  dark.addEventListener('change', onChange)
  return () => {
    observer.disconnect()
    dark.removeEventListener('change', onChange)
  }
}
