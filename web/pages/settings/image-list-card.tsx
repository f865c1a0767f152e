import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ImageEntry, ImageList } from '../../../contract/images.ts'
import { loadImages, pruneImages } from '../../api/images.ts'
import { podmanLine } from '../../state/as-user.ts'
import { runningOperation } from '../../state/operations.ts'
import { images } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { countOf, formatBytes, formatDateTime, shortId } from '../../ui/format.ts'
import { waitReason } from '../../ui/wait-reason.ts'
import { Failed, Loaded, Report, Section } from './card-parts.tsx'
import { useAction } from './use-action.ts'

const ROLE_WORDS = { current: 'current', previous: 'for a step back', other: null } as const

/** All images of the gateway's user, and room for new ones. */
export function ImageListCard(): JSX.Element {
  return (
    <Section id="images" title="Kept images">
      <Loaded remote={images.value} what="Looking at the images" onRetry={() => void loadImages()}>
        {(list) => <List list={list} />}
      </Loaded>
      <Report kinds={['prune-images']} />
    </Section>
  )
}

/** True for an image that nobody needs. */
export function isPrunable(image: ImageEntry): boolean {
  return image.role === 'other' && !image.isRunning
}

/** What is picked of what may go, and how much room it makes at most. @param picked ids; unknown ones do not count */
export function pickedImages(list: ImageList, picked: ReadonlySet<string>): { ids: string[]; bytes: number } {
  const found = list.images.filter((image) => isPrunable(image) && picked.has(image.id))
  return {
    ids: found.map(({ id }) => id),
    bytes: found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

function List({ list }: { list: ImageList }): JSX.Element {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [isAsking, setAsking] = useState(false)
  const action = useAction()
  const prunable = list.images.filter(isPrunable)
  const { ids, bytes } = pickedImages(list, picked)
  const pick = (id: string, isPicked: boolean): void => {
    const next = new Set(picked)
    if (isPicked) next.add(id)
    else next.delete(id)
    setPicked(next)
  }
  if (list.images.length === 0) return <p class="muted">There is no image yet.</p>
  return (
    <>
      <ul class="rows" data-pickable={prunable.length > 0 || undefined}>
        {list.images.map((image) => (
          <ImageRow
            key={image.id}
            image={image}
            hasChoice={prunable.length > 0}
            isPicked={picked.has(image.id)}
            onPick={pick}
          />
        ))}
      </ul>
      {prunable.length === 0 ? (
        <p class="muted">All of them are needed: nothing can be removed.</p>
      ) : (
        <div class="row">
          <Button
            reason={
              waitReason(runningOperation.value) ??
              (ids.length === 0 ? 'Tick the images to remove first' : undefined)
            }
            isBusy={action.isBusy}
            onClick={() => setAsking(true)}
          >
            Remove {ids.length === 0 ? 'images' : countOf(ids.length, 'image')}…
          </Button>
          {ids.length < prunable.length && (
            <Button kind="quiet" onClick={() => setPicked(new Set(prunable.map(({ id }) => id)))}>
              Tick all that nobody needs
            </Button>
          )}
          <span class="muted">
            {ids.length === 0
              ? `${formatBytes(list.prunableBytes)} at most could be freed.`
              : `Frees ${formatBytes(bytes)} at most: layers that others share stay.`}
          </span>
        </div>
      )}
      <Failed action={action} />
      {ids.length > 0 && (
        <EquivalentCommands commands={[['Remove', podmanLine(['rmi', ...ids.map(shortId)])]]} />
      )}
      {isAsking && (
        <ConfirmDialog
          title={`Remove ${countOf(ids.length, 'image')}?`}
          action="Remove"
          isDangerous
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            void action.run(() => pruneImages(ids))
          }}
        >
          <p>
            They are neither running nor kept for a step back. An image that is needed again must be built,
            pulled or loaded anew.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

function ImageRow(props: {
  image: ImageEntry
  /** Some row has a box to tick, so this one leaves room for it at least. */
  hasChoice: boolean
  isPicked: boolean
  onPick: (id: string, isPicked: boolean) => void
}): JSX.Element {
  const { image } = props
  const words = ROLE_WORDS[image.role]
  const name = image.references[0] ?? 'without a name'
  return (
    <li class="row-line">
      {isPrunable(image) && (
        <input
          type="checkbox"
          aria-label={`Remove ${name} (${shortId(image.id)})`}
          checked={props.isPicked}
          onChange={(event) => props.onPick(image.id, event.currentTarget.checked)}
        />
      )}
      {props.hasChoice && !isPrunable(image) && <span />}
      <div class="stack-tight">
        <p class="row">
          <span class={image.references.length > 0 ? 'mono break' : 'muted'}>{name}</span>
          {words !== null && (
            <span class="badge" data-tone={image.role === 'current' ? 'accent' : undefined}>
              {words}
            </span>
          )}
          {image.isRunning && <span class="badge">runs</span>}
        </p>
        {image.references.slice(1).map((reference) => (
          <p key={reference} class="small mono break">
            {reference}
          </p>
        ))}
        <p class="small muted break">
          <span class="mono">{shortId(image.id)}</span>
          {` · made ${formatDateTime(image.createdAt)}`}
        </p>
      </div>
      <span class="row-figure">{formatBytes(image.sizeBytes)}</span>
    </li>
  )
}
