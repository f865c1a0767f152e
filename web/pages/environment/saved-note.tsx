import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import { restartGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { runningOperation } from '../../state/operations.ts'
import { isGatewayUp, status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { operationWords } from '../../ui/gateway-words.ts'
import { ProblemView } from '../../ui/problem-view.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import * as editor from './env-editor.ts'
import { undoSave } from './undo-save.ts'

/** That it was saved, the way back from it, and the restart with which the gateway sees it. */
export function SavedNote(): JSX.Element | null {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const note = useRef<HTMLDivElement>(null)
  const saved = editor.saved.value
  const hasUnsaved = editor.hasUnsaved.value
  // Another file by now: what was said of the save is no longer about it.
  const isOver = editor.base.value?.etag !== saved?.result.etag
  // The button that saved goes with what was unsaved: whoever pressed it by the keyboard goes on here.
  useEffect(() => {
    if (document.activeElement === document.body) note.current?.focus({ preventScroll: true })
  }, [saved, isOver, hasUnsaved])
  if (!saved || isOver) return null
  const { result, since, isUndone } = saved
  const running = runningOperation.value
  const isSameRun = status.value?.gateway.since === since
  const isDue = result.restartRequired && status.value?.restartRequired === true
  const needsRestart = isDue && isGatewayUp.value && isSameRun
  const isFailed =
    result.restartRequired && !isSameRun && !running && status.value?.gateway.state === 'failed'
  const canUndo = result.changed && !isUndone && !hasUnsaved
  const words = isUndone ? 'Gone back: the file is as it was.' : 'Saved.'

  async function undo(): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      await undoSave()
    } catch (error) {
      setProblem(toProblem(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <div class="note" data-tone={isFailed ? 'bad' : 'good'} ref={note} tabIndex={-1}>
      <p aria-live="polite">
        {!result.changed && 'Nothing was changed: the file is as it was.'}
        {result.changed && needsRestart && `${words} The gateway sees the change after a restart.`}
        {result.changed && !needsRestart && !running && words}
        {isFailed && (
          <>
            {' The gateway did not start with it. '}
            <a href="/">Look at the overview</a>
          </>
        )}
        {result.changed && !needsRestart && running && `${words} ${operationWords(running)}…`}
      </p>
      {problem && <ProblemView problem={problem} />}
      {(needsRestart || canUndo) && (
        <div class="row">
          {needsRestart && (
            <Button
              size="small"
              reason={waitReason(running)}
              onClick={() => {
                restartGateway().catch((error) => {
                  editor.saveProblem.value = toProblem(error)
                })
              }}
            >
              Restart to apply
            </Button>
          )}
          {canUndo && (
            <Button size="small" label="Undo the save" isBusy={isBusy} onClick={() => void undo()}>
              Undo
            </Button>
          )}
          {needsRestart && running && <span class="muted">{operationWords(running)}…</span>}
        </div>
      )}
    </div>
  )
}
