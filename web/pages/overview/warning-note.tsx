import type { JSX } from 'preact'
import { countOf } from '../../ui/format.ts'

/** What the panel could not read, or what does not fit, so that what is shown below may be wrong; nothing when all is well. */
export function WarningNote({ warnings }: { warnings: readonly string[] }): JSX.Element | null {
  if (warnings.length === 0) return null
  return (
    <section class="note" data-tone="warn" aria-label="Warnings">
      <h2>{countOf(warnings.length, 'warning')}</h2>
      <ul>
        {warnings.map((text) => (
          <li key={text} class="break">
            {text}
          </li>
        ))}
      </ul>
    </section>
  )
}
