import type { JSX } from 'preact'
import type { GatewayState } from '../../contract/schemas.ts'
import { Button } from './button.tsx'

/** Start, stop and restart, each only where it means something. */
export function GatewayControls(props: {
  state: GatewayState
  /** Why nothing can be started now, for example another operation. */
  reason: string | undefined
  onStart: () => void
  onStop: () => void
  onRestart: () => void
}): JSX.Element {
  const isUp = props.state === 'running' || props.state === 'starting'
  return (
    <>
      {!isUp && (
        <Button kind="primary" reason={props.reason} onClick={props.onStart}>
          Start
        </Button>
      )}
      {isUp && (
        <Button reason={props.reason} onClick={props.onStop}>
          Stop
        </Button>
      )}
      {props.state !== 'absent' && (
        <Button reason={props.reason} onClick={props.onRestart}>
          Restart
        </Button>
      )}
    </>
  )
}
