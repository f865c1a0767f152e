import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { FileEtags } from '../../../contract/connections.ts'
import type { Operation, Problem } from '../../../contract/schemas.ts'
import type { VersionedFile } from '../../../contract/versions.ts'
import { loadConnections } from '../../api/connections.ts'
import { cancelOperation, restartGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { now } from '../../state/clock.ts'
import { dismissReport } from '../../state/operation-report.ts'
import { runningOperation } from '../../state/operations.ts'
import { isGatewayUp, status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { OperationPanel } from '../../ui/operation-panel.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { FILE_WORDS } from '../../ui/version-words.ts'
import { waitReason } from '../../ui/wait-reason.ts'
import { undoConnection } from './undo-connection.ts'

/** The report of a connection, and the way back from it. @param props.before the files as they were, where this page knows */
export function Outcome(props: { operation: Operation; before: FileEtags | null }): JSX.Element {
  const { operation, before } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [undone, setUndone] = useState<readonly VersionedFile[] | null>(null)
  const isOver = operation.state !== 'running'
  const canUndo =
    isOver && operation.changed && before !== null && undone === null && !wasTakenBack(operation)

  async function undo(etags: FileEtags): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      setUndone(await undoConnection(etags))
      await loadConnections()
    } catch (error) {
      setProblem(toProblem(error))
    } finally {
      setBusy(false)
    }
  }
  const report = (work: Promise<void>): void => {
    work.catch((error) => setProblem(toProblem(error)))
  }

  return (
    <>
      <OperationPanel
        operation={operation}
        now={now.value}
        onCancel={() => report(cancelOperation(operation.id))}
        onDismiss={() => dismissReport(operation.id)}
      >
        {isOver && (
          <div class="row">
            {canUndo && before && (
              <Button label="Undo the connection" isBusy={isBusy} onClick={() => void undo(before)}>
                <Icon name="undo" />
                Undo
              </Button>
            )}
            <LinkButton href="/">Go to the overview</LinkButton>
          </div>
        )}
      </OperationPanel>
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      {undone !== null && <Undone files={undone} onRestart={() => report(restartGateway())} />}
    </>
  )
}

/** The files are as they were already. */
function wasTakenBack({ state, steps }: Operation): boolean {
  return state !== 'succeeded' && steps.some(({ found }) => found?.includes('put back') === true)
}

function Undone(props: { files: readonly VersionedFile[]; onRestart: () => void }): JSX.Element {
  const names = props.files.map((file) => FILE_WORDS[file]).join(' and ')
  const isDue = isGatewayUp.value && status.value?.restartRequired === true
  return (
    <section class="note" data-tone="good" aria-label="Gone back">
      <p role="status">
        {names === '' ? 'There was nothing to put back.' : `Gone back: ${names} as before.`}
        {isDue && ' The gateway sees it after a restart.'}
      </p>
      {isDue && (
        <div class="row">
          <Button size="small" reason={waitReason(runningOperation.value)} onClick={props.onRestart}>
            Restart to apply
          </Button>
        </div>
      )}
    </section>
  )
}
