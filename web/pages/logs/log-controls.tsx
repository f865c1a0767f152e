import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import { restartGateway, startGateway, stopGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { GatewayControls } from '../../ui/gateway-controls.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'

const RunningWords = lazyPart(async () => (await import('./running-words.tsx')).RunningWords)
const ProblemView = lazyPart(async () => (await import('./log-problem.ts')).ProblemView)

/** Starts and stops the gateway whose log this is. */
export function LogControls(): JSX.Element | null {
  const [problem, setProblem] = useState<Problem | null>(null)
  const gateway = status.value?.gateway
  const running = runningOperation.value
  if (!gateway || status.value?.isSetUp === false) return null
  const report = (work: Promise<void>): void => {
    setProblem(null)
    work.catch((error) => setProblem(toProblem(error)))
  }
  return (
    <>
      <div class="row">
        {running && <RunningWords operation={running} />}
        <GatewayControls
          state={gateway.state}
          reason={running ? 'Something is being done: wait until it has finished' : undefined}
          onStart={() => report(startGateway())}
          onStop={() => report(stopGateway())}
          onRestart={() => report(restartGateway())}
        />
      </div>
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  )
}
