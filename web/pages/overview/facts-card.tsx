import type { JSX } from 'preact'
import type { Status } from '../../../contract/schemas.ts'
import { now } from '../../state/clock.ts'
import { formatBytes, formatDateTime, formatDuration, shortId } from '../../ui/format.ts'

const MODE_WORDS = {
  container: 'Container, started by hand or by the panel',
  quadlet: 'systemd service of the user',
} as const

/** Ports, image, mode and user. */
export function FactsCard({ status }: { status: Status }): JSX.Element {
  const { gateway, image, user, panel } = status
  return (
    <section class="card stack cards-wide" aria-label="Details">
      <h2>Details</h2>
      <dl class="facts">
        <dt>Gateway</dt>
        <dd class="mono">
          {gateway.ports.address}:{gateway.ports.gateway}
        </dd>
        <dt>Bridge</dt>
        <dd class="mono">
          {gateway.ports.address}:{gateway.ports.bridge}
        </dd>
        <dt>Image</dt>
        <dd>{image ? <ImageFacts image={image} isUp={gateway.state === 'running'} /> : 'None yet'}</dd>
        <dt>Mode</dt>
        <dd>{MODE_WORDS[gateway.mode]}</dd>
        <dt>Container</dt>
        <dd>
          <span class="mono">{gateway.containerName}</span>
          {gateway.containerId !== undefined && (
            <span class="muted mono"> {shortId(gateway.containerId)}</span>
          )}
        </dd>
        <dt>User</dt>
        <dd>
          <span class="mono">{user.name}</span>
          {user.uid !== null && <span class="muted"> (uid {user.uid})</span>}
          {user.home !== null && <span class="muted mono"> {user.home}</span>}
        </dd>
        <dt>Panel</dt>
        <dd>{panel.version}</dd>
      </dl>
    </section>
  )
}

function ImageFacts(props: { image: NonNullable<Status['image']>; isUp: boolean }): JSX.Element {
  const { image } = props
  const age = now.value - Date.parse(image.createdAt)
  return (
    <div class="stack-tight">
      <p class="row">
        {image.label}
        {image.source.kind === 'bundled' && <span class="badge">for a first try</span>}
        {props.isUp && !image.isRunning && (
          <span class="badge" data-tone="warn">
            newer than the one that runs
          </span>
        )}
      </p>
      <p class="small muted break">
        <span class="mono" title={image.id}>
          {shortId(image.id)}
        </span>
        {' · '}
        <time dateTime={image.createdAt} title={formatDateTime(image.createdAt)}>
          built {formatDuration(age)} ago
        </time>
        {' · '}
        {formatBytes(image.sizeBytes)}
      </p>
      {image.source.kind === 'repo' && <p class="small muted mono break">{image.source.path}</p>}
    </div>
  )
}
