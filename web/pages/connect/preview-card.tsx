import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ConnectionPreview, FilePreview } from '../../../contract/connections.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { Difference } from '../../ui/difference.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'

/** Each line that changes, and the button that changes it. It has the focus when it appears. */
export function PreviewCard(props: {
  preview: ConnectionPreview
  isRunning: boolean
  restart: boolean
  isBusy: boolean
  reason: string | undefined
  /** Why it could not be applied; the preview is then a new one. */
  problem: Problem | null
  onRestart: (restart: boolean) => void
  onApply: () => void
  onBack: () => void
}): JSX.Element {
  const { preview, isRunning, problem } = props
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const isChanged = preview.env.changed || preview.config.changed
  return (
    <section class="card stack" aria-label="What changes">
      <h2 ref={heading} tabIndex={-1}>
        What changes
      </h2>
      {problem && <ProblemView problem={problem} />}
      <FileChange file={preview.env} />
      <FileChange file={preview.config} />
      {preview.findings.length > 0 && <FindingList findings={preview.findings} />}
      <p class="small muted">
        Both files are written, or none; how they were before stays among their versions. Whether a key is
        valid only its provider can say: nobody is asked here.
      </p>
      {isRunning ? (
        <Check isChecked={props.restart} onChange={props.onRestart}>
          Restart the gateway now, so that it takes effect
        </Check>
      ) : (
        <p class="small muted">The gateway does not run: it takes effect at its next start.</p>
      )}
      <div class="row">
        <Button
          kind="primary"
          isBusy={props.isBusy}
          reason={isChanged ? props.reason : 'Nothing would change'}
          onClick={props.onApply}
        >
          Connect
        </Button>
        <Button onClick={props.onBack}>Back to the form</Button>
      </div>
    </section>
  )
}

function FileChange({ file }: { file: FilePreview }): JSX.Element {
  return (
    <div class="stack-tight">
      <p class="small break">
        <code>{file.path}</code>
        {!file.changed && <span class="muted"> stays as it is.</span>}
      </p>
      {file.changed && <Difference lines={file.difference} label={`Changed lines of ${file.path}`} />}
    </div>
  )
}
