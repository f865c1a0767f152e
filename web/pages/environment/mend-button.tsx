import type { JSX } from 'preact'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'

/** The one click that mends what a finding says; nothing where the panel cannot mend it. */
export function MendButton(props: {
  finding: Finding
  /** The variable or the line, for those who hear the button without seeing its place. */
  where: string
  onMend: () => void
}): JSX.Element | null {
  const { fix } = props.finding
  if (!fix) return null
  return (
    <Button size="small" label={`${fix.label}: ${props.where}`} onClick={props.onMend}>
      {fix.label}
    </Button>
  )
}
