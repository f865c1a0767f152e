import type { JSX } from 'preact'

/** Shown only when waiting lasts: it fades in after a moment. */
export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <p class="loading">
      <span class="spinner" />
      {what}
    </p>
  )
}
