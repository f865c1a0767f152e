import type { JSX } from 'preact'
import type { Problem } from '../../contract/schemas.ts'
import type { FileVersion, VersionedFile } from '../../contract/versions.ts'
import { Button } from './button.tsx'
import { formatDateTime } from './format.ts'
import { Loading } from './loading.tsx'
import { ProblemView } from './problem-view.tsx'
import type { LoadDifference } from './version-difference.tsx'
import { hasFile, VersionList } from './version-list.tsx'
import { FILE_WORDS } from './version-words.ts'

/** That somebody has gone back here, and what takes it back. */
export interface WentBack {
  readonly to: FileVersion
  /** The version that the file was before; null when it is not kept. */
  readonly before: FileVersion | null
}

export interface VersionsCardProps {
  readonly file: VersionedFile
  /** What stands around it says already what it is. */
  readonly hasOuterTitle?: boolean
  /** What is known of the versions; while it is asked for again, the list before stays. */
  readonly versions:
    | { readonly kind: 'loading' }
    | { readonly kind: 'known'; readonly value: readonly FileVersion[] }
    | { readonly kind: 'failed'; readonly problem: Problem }
  /** The last step back of this page; null when there was none, or when it was taken back. */
  readonly wentBack: WentBack | null
  /** Why a step back did not work. */
  readonly problem: Problem | null
  /** A step back is on its way. */
  readonly isBusy: boolean
  readonly now: number
  readonly reason: string | undefined
  readonly loadDifference: LoadDifference
  /** Goes back to a version; Undo is the same with the version before. */
  readonly onGoBack: (version: FileVersion) => void
  readonly onRetry: () => void
}

/** The versions of one of the gateway's files as a section of its page, with the way back from going back. */
export function VersionsCard(props: VersionsCardProps): JSX.Element {
  const { file, versions, wentBack, problem } = props
  const known = versions.kind === 'known' ? versions.value : []
  // A later change of the file is no step back any more.
  const isStillSo = known.some(({ isCurrent, etag }) => isCurrent && etag === wentBack?.to.etag)
  const reason = props.isBusy ? 'Wait until the file is written' : props.reason
  return (
    <section class="card stack" aria-label={`Versions of ${FILE_WORDS[file]}`}>
      <div class="stack-tight">
        {!props.hasOuterTitle && <h2>Versions</h2>}
        <p class="small muted">
          Each change of the file is kept, whoever made it: in this panel, in a shell, or by a program.
        </p>
      </div>
      {wentBack && isStillSo && <WentBackNote wentBack={wentBack} reason={reason} onUndo={props.onGoBack} />}
      {problem && <ProblemView problem={problem} />}
      {versions.kind === 'loading' && <Loading what="Reading the versions" />}
      {versions.kind === 'failed' && <ProblemView problem={versions.problem} onRetry={props.onRetry} />}
      {versions.kind === 'known' && (
        <VersionList
          versions={versions.value}
          now={props.now}
          reason={reason}
          loadDifference={props.loadDifference}
          onGoBack={props.onGoBack}
        />
      )}
    </section>
  )
}

function WentBackNote(props: {
  wentBack: WentBack
  reason: string | undefined
  onUndo: (version: FileVersion) => void
}): JSX.Element {
  const { to, before } = props.wentBack
  return (
    <div class="note" data-tone="good">
      <p aria-live="polite">The file is as it was {formatDateTime(to.at)}.</p>
      {before && hasFile(before) && (
        <div class="row">
          <Button size="small" reason={props.reason} onClick={() => props.onUndo(before)}>
            Undo
          </Button>
        </div>
      )}
    </div>
  )
}
