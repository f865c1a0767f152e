import './choice.css'
import './version-list.css'
import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { DifferenceAgainst, FileVersion } from '../../contract/versions.ts'
import { Button } from './button.tsx'
import { countOf, formatDateTime } from './format.ts'
import { GoBackDialog, type LoadDifference, VersionDifferenceView } from './version-difference.tsx'
import { ageWords, authorWords, reasonWords } from './version-words.ts'

/** There was a file in this version. Where there was none, there is nothing to go back to. */
export function hasFile({ etag }: Pick<FileVersion, 'etag'>): boolean {
  return etag !== 'absent'
}

/** Versions shown before somebody asks for the rest. */
const FIRST_SHOWN = 6

export interface VersionListProps {
  /** Newest first, as the panel gives them. */
  readonly versions: readonly FileVersion[]
  /** Milliseconds since the epoch, on the machine's clock. */
  readonly now: number
  /** Why nobody can go back now, for example unsaved changes or another operation. */
  readonly reason: string | undefined
  /** Asks the panel for a difference; a failure is an answer as well. */
  readonly loadDifference: LoadDifference
  /** Goes back: the person has seen the difference and confirmed. */
  readonly onGoBack: (version: FileVersion) => void
}

/**
 * Versions of a file: who wrote each, when, and what it changed. Each can be compared and gone back to. Which one is
 * open is all it remembers.
 */
export function VersionList(props: VersionListProps): JSX.Element {
  const [isWhole, setWhole] = useState(false)
  const [asked, setAsked] = useState<FileVersion | null>(null)
  const { versions } = props
  const currentId = versions.find(({ isCurrent }) => isCurrent)?.id
  const shown = isWhole ? versions : versions.slice(0, FIRST_SHOWN)
  const hidden = versions.length - shown.length
  if (versions.length === 0) {
    return <p class="muted">There is none yet. Each change makes one, whoever makes it.</p>
  }
  return (
    <>
      <ol class="versions">
        {shown.map((version) => (
          <VersionRow
            key={version.id}
            version={version}
            list={props}
            currentId={currentId}
            onAsk={() => setAsked(version)}
          />
        ))}
      </ol>
      {hidden > 0 && (
        <div>
          <Button size="small" kind="quiet" onClick={() => setWhole(true)}>
            Show {countOf(hidden, 'older version')}
          </Button>
        </div>
      )}
      {asked && (
        <GoBackDialog
          version={asked}
          currentId={currentId}
          load={props.loadDifference}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null)
            props.onGoBack(asked)
          }}
        />
      )}
    </>
  )
}

function VersionRow(props: {
  version: FileVersion
  list: VersionListProps
  currentId: string | undefined
  onAsk: () => void
}): JSX.Element {
  const { version, list, currentId } = props
  const [against, setAgainst] = useState<DifferenceAgainst | null>(null)
  const id = useId()
  const when = formatDateTime(version.at)
  return (
    <li class="version">
      <VersionFacts version={version} age={ageWords(version.at, list.now)} />
      <div class="row version-actions">
        <Button
          size="small"
          kind="quiet"
          label={`Difference: version of ${when}`}
          isPressed={against !== null}
          onClick={() => setAgainst(against ? null : 'previous')}
        >
          Difference
        </Button>
        {!version.isCurrent && hasFile(version) && (
          <Button
            size="small"
            label={`Go back to this: version of ${when}`}
            reason={list.reason}
            onClick={props.onAsk}
          >
            Go back to this
          </Button>
        )}
      </div>
      {against && (
        <div class="stack-tight version-difference">
          {!version.isCurrent && <AgainstChoice name={id} against={against} onChoose={setAgainst} />}
          <VersionDifferenceView
            id={version.id}
            against={version.isCurrent ? 'previous' : against}
            currentId={currentId}
            load={list.loadDifference}
          />
        </div>
      )}
    </li>
  )
}

/** When and by whom, with what it changed and what is to be known of it. */
function VersionFacts({ version, age }: { version: FileVersion; age: string }): JSX.Element {
  const reason = reasonWords(version)
  const { provenAt } = version
  return (
    <div class="version-facts">
      <p class="row version-head">
        <time dateTime={version.at} title={formatDateTime(version.at)}>
          <strong>{age}</strong>
        </time>
        {version.isCurrent && (
          <span class="badge" data-tone="accent">
            current
          </span>
        )}
        {provenAt !== undefined && (
          <span
            class="badge"
            data-tone="good"
            title={`A gateway answered with it ${formatDateTime(provenAt)}`}
          >
            started a gateway
          </span>
        )}
      </p>
      <p class="small muted">
        <span class="version-count">
          <span aria-hidden="true">
            +{version.added} −{version.removed}
          </span>
          <span class="visually-hidden">
            {countOf(version.added, 'line')} added, {version.removed} removed,
          </span>
        </span>{' '}
        {authorWords(version.by)}
        {reason !== undefined && `: ${reason}`}
        {!hasFile(version) && ' (no file)'}
      </p>
    </div>
  )
}

function AgainstChoice(props: {
  name: string
  against: DifferenceAgainst
  onChoose: (against: DifferenceAgainst) => void
}): JSX.Element {
  const option = (value: DifferenceAgainst, words: string): JSX.Element => (
    <label class="check">
      <input
        type="radio"
        name={props.name}
        checked={props.against === value}
        onChange={() => props.onChoose(value)}
      />
      <span>{words}</span>
    </label>
  )
  return (
    <fieldset class="row small">
      <legend class="visually-hidden">Compare</legend>
      {option('previous', 'What it changed')}
      {option('current', 'What going back to it changes')}
    </fieldset>
  )
}
