import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { goBack, loadVersions, readDifference } from '../../api/versions.ts'
import { now } from '../../state/clock.ts'
import { knownValue } from '../../state/remote.ts'
import { status } from '../../state/status.ts'
import { versions } from '../../state/versions.ts'
import { hasFile } from '../../ui/version-list.tsx'
import { VersionsCard } from '../../ui/versions-card.tsx'
import * as editor from './env-editor.ts'

/** There is no file, but there was one: a version of it can be brought back. */
export const wasRemoved = computed(
  () => editor.base.value?.exists === false && (knownValue(versions.env.list.value) ?? []).some(hasFile),
)

/** Earlier versions of the file, read when somebody opens them. */
export function VersionsSection(): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const isMissing = editor.base.value?.exists === false
  useEffect(() => {
    if (isMissing) void loadVersions('env')
  }, [isMissing])
  const wasThere = wasRemoved.value
  useEffect(() => {
    if (wasThere) setOpen(true)
  }, [wasThere])
  return (
    <details class="env-versions" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
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
      hasOuterTitle
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
