import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Finding, Problem } from '../../../contract/schemas.ts'
import type { TokenStatus } from '../../../contract/token.ts'
import { toProblem } from '../../api/problem.ts'
import { loadToken, reconcileToken } from '../../api/token.ts'
import { reportOf } from '../../state/operation-report.ts'
import { status } from '../../state/status.ts'
import { token } from '../../state/token.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { RotateToken } from './rotate-token.tsx'
import { TokenValue } from './token-value.tsx'

/** Fetched with the first sign of a person (overview-page.tsx), or when there is something to be told. */
export const RotatedNote = lazyPart(async () => (await import('./token-parts.ts')).RotatedNote)
export const FindingList = lazyPart(
  async () => (await import('./token-parts.ts')).FindingList,
  <Loading what="Reading what is wrong with it" />,
)

const COMMANDS = [
  ['Show', 'sudo razroom-panel token show'],
  ['Rotate', 'sudo razroom-panel token rotate'],
  ['Take your own', 'sudo razroom-panel token rotate --custom'],
] as const
const RECONCILE = ['Use one token', 'sudo razroom-panel token reconcile'] as const

/** The token that the gateway really checks: copy it, look at it, replace it, have it in both files. */
export function TokenCard(props: { reason: string | undefined }): JSX.Element {
  const state = token.value
  const isDiffering = state.kind === 'known' && !state.token.sourcesAgree
  return (
    <section class="card stack" aria-label="Token">
      <h2>Token</h2>
      {state.kind === 'loading' && <Loading what="Reading the token" />}
      {state.kind === 'failed' && <UnknownToken problem={state.problem} reason={props.reason} />}
      {state.kind === 'known' && <KnownToken token={state.token} reason={props.reason} />}
      <EquivalentCommands commands={isDiffering ? [...COMMANDS, RECONCILE] : COMMANDS} />
    </section>
  )
}

function UnknownToken(props: { problem: Problem; reason: string | undefined }): JSX.Element {
  return (
    <>
      <ProblemView problem={props.problem} onRetry={() => void loadToken()} />
      {props.problem.code === 'TOKEN_MISSING' && (
        <div class="row">
          <RotateToken source={undefined} reason={props.reason} />
        </div>
      )}
    </>
  )
}

function KnownToken(props: { token: TokenStatus; reason: string | undefined }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null)
  const mend = (): void => {
    setProblem(null)
    reconcileToken().catch((error) => setProblem(toProblem(error)))
  }
  const actions = ({ id, fix }: Finding) =>
    id === 'token.sources-differ' &&
    fix && (
      <Button size="small" reason={props.reason} onClick={mend}>
        {fix.label}
      </Button>
    )
  const newTokenUrl = urlAfterRotation()
  return (
    <>
      <TokenValue token={props.token} onProblem={setProblem}>
        <RotateToken source={props.token.source} reason={props.reason} />
      </TokenValue>
      {newTokenUrl !== undefined && <RotatedNote url={newTokenUrl} onProblem={setProblem} />}
      {props.token.findings.length > 0 && <FindingList findings={props.token.findings} actions={actions} />}
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  )
}

/** Where to log in with the new token, while the rotation's report is shown and the gateway answers. */
function urlAfterRotation(): string | undefined {
  const gateway = status.value?.gateway
  const rotation = reportOf(['rotate-token'])
  const isNew = rotation?.state === 'succeeded' && rotation.changed
  return isNew && gateway?.state === 'running' && gateway.healthy ? gateway.url : undefined
}
