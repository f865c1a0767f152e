/** Dark and light: the system's choice unless the person made one. */
import { signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'razroom-panel.theme'
const ORDER: readonly Theme[] = ['system', 'light', 'dark']

export const theme = signal<Theme>('system')

/** Applies the stored choice before anything is drawn. */
export function restoreTheme(): void {
  const stored = ORDER.find((candidate) => candidate === readStored())
  if (stored) setTheme(stored)
}

/** Goes on to the next choice: the system's, light, dark. */
export function turnTheme(): void {
  setTheme(ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system')
}

function setTheme(next: Theme): void {
  theme.value = next
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // Storage may be denied to the page: then the choice lasts as long as the page.
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    // As above: no storage, no stored choice.
    return null
  }
}
