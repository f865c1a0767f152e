import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { goBack, loadVersions, readDifference } from '../../api/versions.ts'
import { now } from '../../state/clock.ts'
import { status } from '../../state/status.ts'
import { versions } from '../../state/versions.ts'
import { VersionsCard } from '../../ui/versions-card.tsx'
import * as editor from './env-editor.ts'

/** Earlier versions of the file, read when somebody opens them. */
export function VersionsSection(): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="env-versions" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="muted">Versions</summary>
      {isOpen && <Versions />}
    </details>
  )
}

function Versions(): JSX.Element {
  const state = versions.env
  const etag = editor.base.value?.etag
  useEffect(() => {
    void loadVersions('env')
  }, [etag])
  return (
    <VersionsCard
      file="env"
      versions={state.list.value}
      wentBack={state.stepBack.value}
      problem={state.problem.value}
      isBusy={state.isBusy.value}
      now={now.value}
      reason={editor.hasUnsaved.value ? 'Save or discard your changes first' : undefined}
      loadDifference={(id, against) => readDifference('env', id, against)}
      onGoBack={async (version) => {
        if (etag === undefined || !(await goBack('env', version, etag))) return
        const restartRequired = state.stepBack.value?.restartRequired === true
        editor.saved.value = restartRequired
          ? {
              result: { etag: version.etag, changed: true, restartRequired },
              before: etag,
              since: status.value?.gateway.since,
              isUndone: true,
            }
          : null
        await editor.load()
      }}
      onRetry={() => void loadVersions('env')}
    />
  )
}
