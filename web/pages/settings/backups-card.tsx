import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { RestoreRequest } from '../../../contract/backups.ts'
import { loadBackups, makeBackup } from '../../api/backups.ts'
import { loadRunSettings } from '../../api/settings.ts'
import { uploadFile } from '../../api/upload.ts'
import { runningOperation } from '../../state/operations.ts'
import { backups, settings } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { UploadField } from '../../ui/upload-field.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { BackupRow } from './backup-row.tsx'
import { backupDirectories } from './backup-words.ts'
import { Failed, Loaded, Report, Section } from './card-parts.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import { ScheduleForm } from './schedule-form.tsx'
import { useAction } from './use-action.ts'

/** What a restore starts from, and its name for people. */
export interface RestoreFrom {
  readonly name: string
  readonly request: RestoreRequest
}

/** Copies of configuration and workspace, and the way back. */
export function BackupsCard(): JSX.Element {
  const [from, setFrom] = useState<RestoreFrom | null>(null)
  const upload = useAction()
  const reason = waitReason(runningOperation.value)
  return (
    <Section id="backups" title="Backups">
      <p class="muted">
        A backup has everything the gateway cannot make again: configuration, secrets and, if you like, the
        workspace. The image is not in it.
      </p>
      <MakeBackup reason={reason} />
      <Report kinds={['backup', 'restore']} />
      <Loaded remote={backups.value} what="Looking for backups" onRetry={() => void loadBackups()}>
        {(list) =>
          list.length === 0 ? (
            <p class="muted">There is no backup yet.</p>
          ) : (
            <div class="stack-tight">
              <p class="small muted">
                In <span class="mono break">{backupDirectories(list).join(', ')}</span>
              </p>
              <ul class="rows">
                {list.map((backup) => (
                  <BackupRow
                    key={backup.name}
                    backup={backup}
                    onRestore={() => setFrom({ name: backup.name, request: { name: backup.name } })}
                  />
                ))}
              </ul>
            </div>
          )
        }
      </Loaded>
      <UploadField
        label="Restore from a file…"
        reason={reason}
        upload={async (file, options) => (await uploadFile(file, options)).path}
        onDone={(path, file) => setFrom({ name: file.name, request: { path } })}
        onFailure={upload.fail}
      />
      <Failed action={upload} />
      <h3>Scheduled backups</h3>
      <Loaded remote={settings.value} what="Reading the settings" onRetry={() => void loadRunSettings()}>
        {({ backupSchedule }) => (
          <ScheduleForm key={JSON.stringify(backupSchedule)} stored={backupSchedule} />
        )}
      </Loaded>
      <EquivalentCommands
        commands={[
          ['Make one', 'sudo razroom-panel backup'],
          ['List', 'sudo razroom-panel backup --list'],
          ['Restore', 'sudo razroom-panel restore FILE'],
        ]}
      />
      {from && <RestoreDialog from={from} onClose={() => setFrom(null)} />}
    </Section>
  )
}

function MakeBackup({ reason }: { reason: string | undefined }): JSX.Element {
  const [includeWorkspace, setIncludeWorkspace] = useState(true)
  const action = useAction()
  return (
    <>
      <div class="row">
        <Button
          kind="primary"
          isBusy={action.isBusy}
          reason={reason}
          onClick={() => void action.run(() => makeBackup({ includeWorkspace }))}
        >
          Make a backup
        </Button>
        <Check isChecked={includeWorkspace} onChange={setIncludeWorkspace}>
          With the workspace
        </Check>
      </div>
      <Failed action={action} />
    </>
  )
}
