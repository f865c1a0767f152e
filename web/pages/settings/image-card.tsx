import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ImageStatus, Status } from '../../../contract/schemas.ts'
import type { ImageSource } from '../../../contract/settings.ts'
import { rollbackImage } from '../../api/gateway.ts'
import { updateImage } from '../../api/images.ts'
import { runningOperation } from '../../state/operations.ts'
import { shellLine } from '../../state/shell-line.ts'
import { sourceFlags } from '../../state/source-form.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { formatBytes, formatDateTime, shortId } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { sourceWords } from '../../ui/setting-words.ts'
import { waitReason } from '../../ui/wait-reason.ts'
import { Failed, Report, Section } from './card-parts.tsx'
import { UpdateForm } from './update-form.tsx'
import { type Action, useAction } from './use-action.ts'

/** What bringing the same source anew means, by its kind. */
const UPDATE_WORDS = {
  bundled: 'Build it again',
  repo: 'Build it again',
  registry: 'Pull it again',
  archive: 'Load it again',
} as const satisfies Readonly<Record<ImageSource['kind'], string>>

/** The image that the settings name: what it is, a newer one, and the way back. */
export function ImageCard({ status }: { status: Status }): JSX.Element {
  const { image } = status
  const action = useAction()
  const [isChoosing, setChoosing] = useState(false)
  const reason = waitReason(runningOperation.value)
  const update = (request?: ImageSource): void => {
    void action
      .run(() => updateImage(request ? { image: request } : {}))
      .then((isStarted) => {
        if (isStarted) setChoosing(false)
      })
  }
  return (
    <Section id="image" title="Image">
      {image ? (
        <Facts image={image} state={status.gateway.state} />
      ) : (
        <p>There is no image yet. An update brings one.</p>
      )}
      <h3>Update</h3>
      <Report kinds={['update-image', 'rollback-image']} />
      <div class="row">
        {image && (
          <Button isBusy={action.isBusy && !isChoosing} reason={reason} onClick={() => update()}>
            {UPDATE_WORDS[image.source.kind]}
          </Button>
        )}
        <Button isPressed={isChoosing} onClick={() => setChoosing(!isChoosing)}>
          Another source…
        </Button>
        {image?.previous && <GoBack image={image} reason={reason} action={action} />}
      </div>
      <p class="small muted">
        An update keeps the image that runs now. When the new one does not answer within 15 minutes, the old
        one runs again.
      </p>
      {isChoosing && (
        <UpdateForm
          source={image?.source ?? { kind: 'bundled' }}
          reason={reason}
          isBusy={action.isBusy}
          problem={action.problem}
          onUpdate={update}
          onUploadFailure={action.fail}
        />
      )}
      <Failed action={action} />
      {!isChoosing && (
        <EquivalentCommands
          commands={[
            ['Update', 'sudo razroom-panel update'],
            ...(image
              ? [
                  [
                    'From its source',
                    shellLine(['sudo', 'razroom-panel', 'update', ...sourceFlags(image.source)]),
                  ] as const,
                ]
              : []),
            ['Go back', 'sudo razroom-panel rollback'],
          ]}
        />
      )}
    </Section>
  )
}

function Facts({ image, state }: { image: ImageStatus; state: Status['gateway']['state'] }): JSX.Element {
  const { source } = image
  const args = source.kind === 'repo' ? Object.entries(source.buildArgs ?? {}) : []
  const isUp = state === 'running' || state === 'starting'
  return (
    <dl class="facts">
      <dt>Source</dt>
      <dd class="stack-tight">
        <span class="row">
          {sourceWords(source)}
          {source.kind === 'bundled' && <span class="badge">small gateway for a first try</span>}
        </span>
        {(source.kind === 'repo' || source.kind === 'archive') && (
          <span class="small mono break">{source.path}</span>
        )}
        {args.map(([name, value]) => (
          <span key={name} class="small mono break">
            {name}={value}
          </span>
        ))}
      </dd>
      <dt>Reference</dt>
      <dd class="mono break">{image.reference}</dd>
      <dt>Id</dt>
      <dd class="mono break" title={image.id}>
        {shortId(image.id)}
      </dd>
      {image.digest !== undefined && (
        <>
          <dt>Digest</dt>
          <dd class="mono break">{image.digest}</dd>
        </>
      )}
      <dt>Made</dt>
      <dd>
        <time dateTime={image.createdAt}>{formatDateTime(image.createdAt)}</time>
        <span class="muted">, {formatBytes(image.sizeBytes)}</span>
      </dd>
      <dt>In use</dt>
      <dd>
        {image.isRunning
          ? isUp
            ? 'The running container uses it.'
            : 'The container was made from it; it is not running.'
          : isUp
            ? 'Not yet: the running container uses another one. A restart changes that.'
            : 'Not yet: the next start uses it.'}
      </dd>
    </dl>
  )
}

function GoBack(props: {
  image: ImageStatus
  reason: string | undefined
  action: Action
}): JSX.Element | null {
  const [isAsking, setAsking] = useState(false)
  const { previous } = props.image
  if (!previous) return null
  return (
    <>
      <Button reason={props.reason} onClick={() => setAsking(true)}>
        <Icon name="undo" />
        Go back…
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Go back to the image before?"
          action="Go back"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            void props.action.run(rollbackImage)
          }}
        >
          <dl class="facts">
            <dt>Image</dt>
            <dd class="mono">{shortId(previous.id)}</dd>
            <dt>Source</dt>
            <dd>{sourceWords(previous.source)}</dd>
            <dt>Ran until</dt>
            <dd>{formatDateTime(previous.replacedAt)}</dd>
          </dl>
          <p>
            The gateway is away for the time of a start. Configuration and workspace stay as they are now; the
            present image is kept, so that you can come back to it.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
