import './difference.css'
import type { JSX } from 'preact'
import type { DifferenceLine } from '../../contract/versions.ts'

const SIGN_WORDS = { '+': 'added: ', '-': 'removed: ', ' ': '', '…': '' } as const

/** Lines with their sign, in colour and in words. */
export function Difference({ lines }: { lines: readonly DifferenceLine[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="difference mono" tabIndex={0} aria-label="Changed lines">
      <ol>
        {lines.map((line, index) => (
          <li key={`${index} ${line.text}`} data-sign={line.sign}>
            <span aria-hidden="true" class="difference-sign">
              {line.sign}
            </span>
            <span class="visually-hidden">{SIGN_WORDS[line.sign]}</span>
            <span class="break preserve">{line.text}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
