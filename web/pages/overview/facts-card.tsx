import type { JSX } from 'preact'
import type { Status } from '../../../contract/schemas.ts'
import { now } from '../../state/clock.ts'
import { countOf, formatBytes, formatDateTime, formatDuration, shortId } from '../../ui/format.ts'
import { MODE_WORDS, unitFileWords } from '../../ui/setting-words.ts'

/** Ports, image, mode and user. */
export function FactsCard({ status }: { status: Status }): JSX.Element {
  const { gateway, image, user, panel } = status
  return (
    <section class="card stack cards-wide" aria-label="Details">
      <div class="row-apart">
        <h2>Details</h2>
        <a href="/settings">Settings</a>
      </div>
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
        <dd class="stack-tight">
          <span>{MODE_WORDS[gateway.mode]}</span>
          {gateway.unit && <UnitFacts unit={gateway.unit} />}
          {gateway.mode === 'quadlet' && (
            <span class="small muted">
              {gateway.startsAtBoot ? 'Starts with the machine' : 'Does not start with the machine'}
            </span>
          )}
        </dd>
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

function UnitFacts({ unit }: { unit: NonNullable<Status['gateway']['unit']> }): JSX.Element {
  const words = unitFileWords(unit.fileState)
  return (
    <>
      <p class="row small">
        <span class="mono break">{unit.name}</span>
        <span class="muted">
          {unit.activeState === unit.subState ? unit.activeState : `${unit.activeState} (${unit.subState})`}
        </span>
        {words !== null && (
          <a class="badge" data-tone="warn" href="/settings#unit">
            {words}
          </a>
        )}
      </p>
      {unit.restarts > 0 && (
        <p class="small">
          systemd has started it again {countOf(unit.restarts, 'time')} since the last start.
        </p>
      )}
    </>
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
      {image.source.kind !== 'bundled' && image.source.kind !== 'repo' && image.reference !== image.label && (
        <p class="small muted mono break">{image.reference}</p>
      )}
      {image.digest !== undefined && (
        <p class="small muted mono break" title="Digest of the manifest">
          {image.digest}
        </p>
      )}
      {image.previous && (
        <p class="small muted">
          Before it, until {formatDateTime(image.previous.replacedAt)}:{' '}
          <span class="mono">{shortId(image.previous.id)}</span>
        </p>
      )}
    </div>
  )
}
