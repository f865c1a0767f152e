import './difference.css'
import type { JSX } from 'preact'
import type { DifferenceLine } from '../../contract/versions.ts'

const SIGN_WORDS = { '+': 'added: ', '-': 'removed: ', ' ': '', '…': '' } as const

/** Lines with their sign, in colour and in words. @param props.label where a page has more than one */
export function Difference(props: { lines: readonly DifferenceLine[]; label?: string }): JSX.Element {
  const { lines, label = 'Changed lines' } = props
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="difference mono" tabIndex={0} aria-label={label}>
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
