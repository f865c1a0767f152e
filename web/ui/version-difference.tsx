import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Problem } from '../../contract/schemas.ts'
import type { DifferenceAgainst, DifferenceLine, FileVersion } from '../../contract/versions.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Difference } from './difference.tsx'
import { formatDateTime } from './format.ts'
import { Loading } from './loading.tsx'
import { ProblemView } from './problem-view.tsx'

/** A difference as the panel gave it, or why it did not. */
export type DifferenceAnswer = { readonly lines: readonly DifferenceLine[] } | { readonly problem: Problem }

/** Asks the panel for a difference. It never rejects. */
export type LoadDifference = (id: string, against: DifferenceAgainst) => Promise<DifferenceAnswer>

/** What a version changed, or what going back to it would: asked for when it is shown. */
export function VersionDifferenceView(props: {
  id: string
  against: DifferenceAgainst
  /** The version that the file is now: when it is another, the difference is asked for again. */
  currentId: string | undefined
  load: LoadDifference
}): JSX.Element {
  const { id, against, currentId, load } = props
  const [answer, setAnswer] = useState<DifferenceAnswer | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let isStale = false
    setAnswer(null)
    void load(id, against).then((next) => {
      if (!isStale) setAnswer(next)
    })
    return () => {
      isStale = true
    }
  }, [id, against, currentId, attempt])
  if (!answer) return <Loading what="Comparing" />
  if ('problem' in answer) {
    return <ProblemView problem={answer.problem} onRetry={() => setAttempt(attempt + 1)} />
  }
  if (answer.lines.length === 0) {
    return (
      <p class="muted">
        {against === 'current' ? 'The file is the same now.' : 'It is the same as the one before.'}
      </p>
    )
  }
  return <Difference lines={answer.lines} />
}

/** Asks before the file becomes what it was, and shows what that changes. */
export function GoBackDialog(props: {
  version: FileVersion
  currentId: string | undefined
  load: LoadDifference
  onConfirm: () => void
  onClose: () => void
}): JSX.Element {
  const { version } = props
  return (
    <Dialog title={`Go back to the version of ${formatDateTime(version.at)}?`} onClose={props.onClose}>
      <p>
        This is what changes in the file. The file as it is now stays in the list, and you can go back to it.
      </p>
      <VersionDifferenceView
        id={version.id}
        against="current"
        currentId={props.currentId}
        load={props.load}
      />
      <div class="row">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button kind="primary" onClick={props.onConfirm}>
          Go back to it
        </Button>
      </div>
    </Dialog>
  )
}
