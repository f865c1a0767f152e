import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { BackupSchedule } from '../../../contract/settings.ts'
import { saveSettings } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { Failed } from './card-parts.tsx'
import { useAction } from './use-action.ts'

const EVERY: readonly (readonly [BackupSchedule['every'], string])[] = [
  ['off', 'Never'],
  ['daily', 'Every day'],
  ['weekly', 'Every week'],
]
const MAX_KEPT = 100

/** A number of backups to keep; NaN for anything but 1 to 100. */
export function readKept(text: string): number {
  const kept = /^\d{1,3}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
  return kept >= 1 && kept <= MAX_KEPT ? kept : Number.NaN
}

/** What a shell has for this schedule. */
export function scheduleCommand({ every, keep, includeWorkspace }: BackupSchedule): string {
  const workspace = includeWorkspace ? '' : ' --no-workspace'
  return `sudo razroom-panel backup --every ${every}${every === 'off' ? '' : ` --keep ${keep}${workspace}`}`
}

/** When backups are made by themselves. */
export function ScheduleForm({ stored }: { stored: BackupSchedule }): JSX.Element {
  const [form, setForm] = useState({ ...stored, keep: String(stored.keep) })
  const action = useAction()
  const keep = readKept(form.keep)
  const error = Number.isNaN(keep) ? `Give a number from 1 to ${MAX_KEPT}.` : undefined
  const isSame =
    form.every === stored.every && keep === stored.keep && form.includeWorkspace === stored.includeWorkspace
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (error === undefined && !isSame && !action.isBusy)
          void action.run(() => saveSettings({ backupSchedule: { ...form, keep } }))
      }}
    >
      <div class="fields">
        <Select
          label="Make a backup"
          value={form.every}
          options={EVERY}
          onChange={(every) => setForm({ ...form, every })}
        />
        <Field
          label="Keep the last"
          value={form.keep}
          onInput={(text) => setForm({ ...form, keep: text })}
          error={error}
          hint="Of those that were made by themselves; the others stay."
          inputMode="numeric"
        />
      </div>
      <Check
        isChecked={form.includeWorkspace}
        onChange={(includeWorkspace) => setForm({ ...form, includeWorkspace })}
      >
        With the workspace
      </Check>
      <Failed action={action} />
      <div class="row">
        <Button
          submits
          isBusy={action.isBusy}
          reason={
            error !== undefined ? 'Correct what is marked first' : isSame ? 'Nothing was changed' : undefined
          }
        >
          Save the schedule
        </Button>
      </div>
      {error === undefined && (
        <EquivalentCommands commands={[['Schedule', scheduleCommand({ ...form, keep })]]} />
      )}
    </form>
  )
}
