import type { JSX } from 'preact'
import { Check } from './choice.tsx'
import { Command } from './command.tsx'

/** What an address beyond this machine means, and the tick that says it is meant. */
export function Exposure(props: {
  address: string
  gatewayPort: string
  isConfirmed: boolean
  error: string | undefined
  onConfirm: (isConfirmed: boolean) => void
}): JSX.Element {
  const isEverywhere = /^(0\.0\.0\.0|[0:]+)$/.test(props.address)
  return (
    <div class="note" data-tone="warn">
      <strong>Other machines can reach the gateway then</strong>
      <p>
        {isEverywhere ? (
          <>
            <code>{props.address}</code> is every address of this machine, those of the network included.
          </>
        ) : (
          <>
            <code>{props.address}</code> is an address of the network.
          </>
        )}{' '}
        Every machine that reaches it can see the gateway and its bridge, and try tokens until one fits. The
        connection is not encrypted: the token can be read on its way.
      </p>
      <p>
        Let a firewall pass only the machines you mean. Or stay on <code>127.0.0.1</code> and come by a
        tunnel, from the machine you sit at:
      </p>
      <Command text={`ssh -N -L ${props.gatewayPort}:127.0.0.1:${props.gatewayPort} you@this-machine`} />
      <Check isChecked={props.isConfirmed} onChange={props.onConfirm}>
        I know that, and the gateway is to be reachable there
      </Check>
      {props.error !== undefined && (
        <p class="field-error" role="alert">
          {props.error}
        </p>
      )}
    </div>
  )
}
