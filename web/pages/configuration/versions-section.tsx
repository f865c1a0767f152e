import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ConfigDocument } from '../../../contract/config.ts'
import type { DifferenceAgainst, FileVersion } from '../../../contract/versions.ts'
import { loadVersions, readDifference } from '../../api/versions.ts'
import { now } from '../../state/clock.ts'
import { configLatestEtag } from '../../state/config.ts'
import { knownValue } from '../../state/remote.ts'
import { status } from '../../state/status.ts'
import { versions } from '../../state/versions.ts'
import { Button } from '../../ui/button.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { GoBackDialog } from '../../ui/version-difference.tsx'
import { VersionsCard } from '../../ui/versions-card.tsx'
import * as editor from './config-editor.ts'

const compare = (id: string, against: DifferenceAgainst) => readDifference('config', id, against)

/** Why nobody can go back now. */
function reason(): string | undefined {
  return editor.isDirty.value ? 'Save or discard your changes first' : undefined
}

/** Earlier versions of the file, read anew when the file changes or a gateway answers with it. */
export function VersionsSection(): JSX.Element {
  const etag = configLatestEtag.value
  const gateway = status.value?.gateway
  useEffect(() => {
    void loadVersions('config')
  }, [etag, gateway?.healthy, gateway?.since])
  const state = versions.config
  return (
    <VersionsCard
      file="config"
      versions={state.list.value}
      wentBack={state.stepBack.value}
      problem={state.problem.value}
      isBusy={state.isBusy.value}
      now={now.value}
      reason={reason()}
      loadDifference={compare}
      onGoBack={(version) => void editor.goBackTo(version)}
      onRetry={() => void loadVersions('config')}
    />
  )
}

/** With a file that the gateway does not start with: the way back to the last one that it started with. */
export function ProvenOffer({ document }: { document: ConfigDocument }): JSX.Element | null {
  const [asked, setAsked] = useState<FileVersion | null>(null)
  const known = knownValue(versions.config.list.value) ?? []
  const proven = known.find(({ provenAt, isCurrent }) => provenAt !== undefined && !isCurrent)
  const isFatal = document.findings.some(({ severity }) => severity === 'error')
  if (!isFatal || proven?.provenAt === undefined) return null
  return (
    <div class="note" data-tone="warn">
      <p>
        The gateway would not start with the file as it is. It last started with the version of{' '}
        {formatDateTime(proven.at)}.
      </p>
      <div class="row">
        <Button
          size="small"
          reason={reason()}
          isBusy={versions.config.isBusy.value}
          onClick={() => setAsked(proven)}
        >
          Go back to that version
        </Button>
      </div>
      {asked && (
        <GoBackDialog
          version={asked}
          currentId={known.find(({ isCurrent }) => isCurrent)?.id}
          load={compare}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null)
            void editor.goBackTo(asked)
          }}
        />
      )}
    </div>
  )
}
