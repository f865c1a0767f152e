import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import type { ImageSource } from '../../../contract/settings.ts'
import { fieldMessage } from '../../api/problem.ts'
import { uploadFile } from '../../api/upload.ts'
import { knownValue } from '../../state/remote.ts'
import { setupPlan } from '../../state/settings.ts'
import { shellLine } from '../../state/shell-line.ts'
import {
  checkSource,
  type SourceErrors,
  type SourceForm,
  sourceFlags,
  sourceForm,
  toImageSource,
} from '../../state/source-form.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { SourceFields } from '../../ui/source-fields.tsx'

/** Another source for the image. */
export function UpdateForm(props: {
  source: ImageSource
  reason: string | undefined
  isBusy: boolean
  problem: Problem | null
  onUpdate: (source: ImageSource) => void
  onUploadFailure: (error: unknown) => void
}): JSX.Element {
  const bundledAvailable = knownValue(setupPlan.value)?.bundledAvailable ?? true
  const [form, setForm] = useState<SourceForm>(() => sourceForm(props.source, bundledAvailable))
  const [hasTried, setTried] = useState(false)
  const errors: SourceErrors = hasTried ? checkSource(form) : {}
  const refused = fieldMessage(props.problem, form.kind === 'registry' ? 'reference' : 'path')
  const refusedField = (
    { bundled: 'kind', repo: 'path', registry: 'reference', archive: 'archive' } as const
  )[form.kind]
  return (
    <form
      class="stack inset"
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        const isGood = Object.keys(checkSource(form)).length === 0
        if (isGood && !props.isBusy && props.reason === undefined) props.onUpdate(toImageSource(form))
      }}
    >
      <SourceFields
        values={form}
        errors={{ ...(refused === undefined ? {} : { [refusedField]: refused }), ...errors }}
        bundledAvailable={bundledAvailable}
        onChange={(part) => setForm((before) => ({ ...before, ...part }))}
        upload={async (file, options) => (await uploadFile(file, options)).path}
        onUploadFailure={props.onUploadFailure}
      />
      <div class="row">
        <Button kind="primary" submits isBusy={props.isBusy} reason={props.reason}>
          Update
        </Button>
      </div>
      <EquivalentCommands
        commands={[
          ['Update', shellLine(['sudo', 'razroom-panel', 'update', ...sourceFlags(toImageSource(form))])],
        ]}
      />
    </form>
  )
}
