import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { RestoreFile, RestorePreview } from '../../../contract/backups.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { previewRestore, restoreBackup } from '../../api/backups.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import { runningOperation } from '../../state/operations.ts'
import type { Remote } from '../../state/remote.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { countOf, formatBytes, formatDateTime } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import type { RestoreFrom } from './backups-card.tsx'

/** What a restore would do, and the word that lets it. */
export function RestoreDialog({ from, onClose }: { from: RestoreFrom; onClose: () => void }): JSX.Element {
  const [includeWorkspace, setIncludeWorkspace] = useState(true)
  const [preview, setPreview] = useState<Remote<RestorePreview>>({ kind: 'loading' })
  const [isConfirmed, setConfirmed] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [hasWorkspace, setHasWorkspace] = useState(false)
  const request = { ...from.request, includeWorkspace }

  useEffect(() => {
    let isStale = false
    setPreview({ kind: 'loading' })
    // What is agreed to is what is in view.
    setConfirmed(false)
    previewRestore(request).then(
      (value) => {
        if (isStale) return
        setPreview({ kind: 'known', value })
        setHasWorkspace(value.includesWorkspace)
      },
      (error: unknown) => {
        if (isStale) return
        if (hasCode(error, 'STEP_UP_REQUIRED')) onClose()
        else setPreview({ kind: 'failed', problem: toProblem(error) })
      },
    )
    return () => {
      isStale = true
    }
  }, [includeWorkspace])

  async function restore(): Promise<void> {
    setProblem(null)
    setBusy(true)
    try {
      await restoreBackup(request)
      onClose()
    } catch (error) {
      setBusy(false)
      if (!hasCode(error, 'STEP_UP_REQUIRED')) setProblem(toProblem(error))
    }
  }

  const reason = refusal(preview, isConfirmed)
  return (
    <Dialog title="Restore this backup?" onClose={onClose}>
      <p class="mono small break">{from.name}</p>
      {preview.kind === 'loading' && <Loading what="Looking into the backup" />}
      {preview.kind === 'failed' && <ProblemView problem={preview.problem} />}
      {preview.kind === 'known' && <Preview preview={preview.value} />}
      {hasWorkspace && (
        <Check isChecked={includeWorkspace} onChange={setIncludeWorkspace}>
          With the workspace
        </Check>
      )}
      {preview.kind === 'known' && changesAnything(preview.value) && (
        <>
          <p>
            The gateway stops while its files are replaced. They are backed up first, so that this can be
            undone.
          </p>
          <Check isChecked={isConfirmed} onChange={setConfirmed}>
            Replace the files that are marked as changed
          </Check>
        </>
      )}
      {problem && <ProblemView problem={problem} />}
      <div class="row">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="danger"
          isBusy={isBusy}
          reason={waitReason(runningOperation.value) ?? reason}
          onClick={() => void restore()}
        >
          Restore
        </Button>
      </div>
    </Dialog>
  )
}

/** Why it cannot be restored yet. */
function refusal(preview: Remote<RestorePreview>, isConfirmed: boolean): string | undefined {
  if (preview.kind === 'loading') return 'Wait until it is known what would change'
  if (preview.kind === 'failed') return 'This file cannot be restored'
  if (!changesAnything(preview.value)) return 'There is nothing to restore'
  return isConfirmed ? undefined : 'Confirm above that the files may be replaced'
}

function changesAnything({ counts }: RestorePreview): boolean {
  return counts.new + counts.changed > 0
}

const CHANGE_WORDS = { new: 'new', changed: 'changed', same: 'same' } as const

function Preview({ preview }: { preview: RestorePreview }): JSX.Element {
  const { counts } = preview
  const shown = preview.files.filter(({ change }) => change !== 'same')
  const hidden = counts.new + counts.changed - shown.length
  return (
    <div class="stack">
      <p class="small muted">
        Made {formatDateTime(preview.createdAt)} by panel {preview.panelVersion},{' '}
        {preview.includesWorkspace ? 'with the workspace' : 'without the workspace'}.
      </p>
      {changesAnything(preview) ? (
        <p>
          <strong>{countOf(counts.changed, 'file')}</strong> would be replaced,{' '}
          <strong>{counts.new.toLocaleString('en')}</strong> would come back,{' '}
          {counts.same.toLocaleString('en')} are the same. {countOf(preview.kept, 'file')} that the backup
          does not have would stay.
        </p>
      ) : (
        <p>Nothing would change: every file of the backup is here already, just as it is in it.</p>
      )}
      {preview.changesToken && (
        <p class="note" data-tone="warn">
          The token becomes the one of the backup: browsers and scripts that use the present one must log in
          again.
        </p>
      )}
      {shown.length > 0 && <FileList files={shown} />}
      {hidden > 0 && <p class="small muted">And {countOf(hidden, 'file')} more.</p>}
    </div>
  )
}

function FileList({ files }: { files: readonly RestoreFile[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="text-box" tabIndex={0} aria-label="Files that would change">
      <ul>
        {files.map((file) => (
          <li key={file.path} class="file-line" data-change={file.change}>
            <span class="badge" data-tone={file.change === 'changed' ? 'warn' : undefined}>
              {CHANGE_WORDS[file.change]}
            </span>
            <span class="mono break">{file.path}</span>
            <span class="muted">{formatBytes(file.sizeBytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
