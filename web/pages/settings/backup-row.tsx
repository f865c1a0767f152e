import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { BackupEntry } from '../../../contract/backups.ts'
import { deleteBackup, downloadBackup } from '../../api/backups.ts'
import type { Progress } from '../../api/transfer.ts'
import { runningOperation } from '../../state/operations.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { formatBytes, formatDateTime } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { REASON_WORDS } from './backup-words.ts'
import { Failed } from './card-parts.tsx'
import { useAction } from './use-action.ts'

/** One backup: when and why it was made, and what can be done with it. */
export function BackupRow({
  backup,
  onRestore,
}: {
  backup: BackupEntry
  onRestore: () => void
}): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const [progress, setProgress] = useState<Progress | null>(null)
  const action = useAction()
  const when = formatDateTime(backup.createdAt)

  async function download(): Promise<void> {
    setProgress({ done: 0, total: backup.sizeBytes })
    await action.run(() => downloadBackup(backup.name, setProgress))
    setProgress(null)
  }

  return (
    <li class="stack-tight">
      <div class="backup">
        <div class="stack-tight">
          <p class="row">
            <time dateTime={backup.createdAt}>{when}</time>
            <span class="badge">{REASON_WORDS[backup.reason]}</span>
          </p>
          <p class="small muted">
            {formatBytes(backup.sizeBytes)}
            {backup.includesWorkspace ? ', with the workspace' : ', without the workspace'}
          </p>
          <p class="small muted mono file-name">{backup.name}</p>
        </div>
        <div class="row">
          <Button
            size="small"
            label={`Restore the backup of ${when}`}
            reason={waitReason(runningOperation.value)}
            onClick={onRestore}
          >
            <Icon name="undo" size={16} />
            Restore…
          </Button>
          <Button
            size="small"
            label={`Download the backup of ${when}`}
            reason={progress ? 'It is on its way' : undefined}
            onClick={() => void download()}
          >
            <Icon name="down" size={16} />
            Download
          </Button>
          <Button
            size="small"
            kind="quiet"
            label={`Delete the backup of ${when}`}
            onClick={() => setAsking(true)}
          >
            <Icon name="trash" size={16} />
          </Button>
        </div>
      </div>
      {progress && (
        <ProgressBar
          label={`Fetching ${backup.name}`}
          done={progress.done}
          total={progress.total}
          words={`${formatBytes(progress.done)} of ${formatBytes(progress.total ?? backup.sizeBytes)}`}
        />
      )}
      <Failed action={action} />
      {isAsking && (
        <ConfirmDialog
          title="Delete this backup?"
          action="Delete"
          isDangerous
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            void action.run(() => deleteBackup(backup.name))
          }}
        >
          <p>
            The backup of {when} leaves this list: <span class="mono break">{backup.name}</span>. On the
            machine root finds it for one more day in{' '}
            <span class="mono break">/var/lib/razroom-panel/removed-backups</span>, then it is gone for good.
          </p>
        </ConfirmDialog>
      )}
    </li>
  )
}
