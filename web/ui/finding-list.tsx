import './finding-list.css'
import type { ComponentChildren, JSX } from 'preact'
import type { Finding } from '../../contract/schemas.ts'
import { Icon } from './icons.tsx'

const SEVERITY_ICONS = { info: 'info', warning: 'warning', error: 'cross' } as const
const SEVERITY_WORDS = { info: 'Note', warning: 'Warning', error: 'Problem' } as const

/** What was looked at, what was seen, and what mends it. @param props.actions what can be done about it here */
export function FindingList(props: {
  findings: readonly Finding[]
  actions?: (finding: Finding) => ComponentChildren
}): JSX.Element {
  return (
    <ul>
      {props.findings.map((finding) => {
        const actions = props.actions?.(finding)
        const { hint } = finding
        return (
          <li key={`${finding.id} ${finding.line ?? ''}`} class="finding" data-severity={finding.severity}>
            <Icon name={SEVERITY_ICONS[finding.severity]} size={17} />
            <p>
              <span class="visually-hidden">{SEVERITY_WORDS[finding.severity]}: </span>
              <strong>{finding.title}</strong>
              {finding.line !== undefined && <span class="muted"> (line {finding.line})</span>}
            </p>
            {finding.evidence !== '' && <p class="small muted break">{finding.evidence}</p>}
            {hint !== undefined && !(actions && isOnButton(finding)) && <p class="small break">{hint}</p>}
            {actions && <div class="row finding-actions">{actions}</div>}
          </li>
        )
      })}
    </ul>
  )
}

/** The button that mends it says the same. */
function isOnButton({ hint, fix }: Finding): boolean {
  return hint?.replace(/\.$/, '').toLowerCase() === fix?.label.toLowerCase()
}
