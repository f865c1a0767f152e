import type { ComponentChildren, JSX } from 'preact'
import type {
  ChannelState,
  ChannelsInsight,
  CronInsight,
  GatewayInsight,
  InsightPartName,
  ModelsInsight,
  ProviderState,
  ProvidersInsight,
  SessionsInsight,
} from '../../../contract/insight.ts'
import { countOf, formatDateTime } from '../../ui/format.ts'

type Tone = 'good' | 'warn' | 'bad' | undefined
type Words = readonly [word: string, tone: Tone]

const CHANNEL_WORDS: Readonly<Record<ChannelState, Words>> = {
  connected: ['connected', 'good'],
  running: ['running', 'good'],
  failed: ['failed', 'bad'],
  stopped: ['stopped', 'warn'],
  unlinked: ['not linked', 'warn'],
  unconfigured: ['not configured', undefined],
  off: ['off', undefined],
}
const PROVIDER_WORDS: Readonly<Record<ProviderState, Words>> = {
  ok: ['logged in', 'good'],
  static: ['has a key', 'good'],
  expiring: ['ends soon', 'warn'],
  expired: ['expired', 'bad'],
  cooldown: ['paused after errors', 'warn'],
  disabled: ['disabled', 'bad'],
  missing: ['no key', 'bad'],
  unknown: ['unknown', undefined],
}
const SHOWN_SESSIONS = 8

/** What one part says. */
export function PartValue(props: {
  name: InsightPartName
  parts: GatewayInsight['parts']
}): JSX.Element | null {
  const { version, models, providers, channels, sessions, cron } = props.parts
  switch (props.name) {
    case 'version':
      return <p class="mono break">{version.value?.version}</p>
    case 'models':
      return models.value ? <Models value={models.value} /> : null
    case 'providers':
      return providers.value ? <Providers value={providers.value} /> : null
    case 'channels':
      return channels.value ? <Channels value={channels.value} /> : null
    case 'sessions':
      return sessions.value ? <Sessions value={sessions.value} /> : null
    case 'cron':
      return cron.value ? <Jobs value={cron.value} /> : null
  }
}

function Models({ value: { models, skipped } }: { value: ModelsInsight }): JSX.Element {
  return (
    <List isEmpty={models.length === 0} empty="No model is set." skipped={skipped}>
      {models.map(({ key, tags, isMissing, isAvailable }) => {
        const words: Words | null = isMissing
          ? ['unknown to it', 'bad']
          : isAvailable === false
            ? ['no key', 'warn']
            : null
        return <Row key={key} name={key} isMono words={words} notes={[tags.join(', ')]} />
      })}
    </List>
  )
}

function Providers({ value }: { value: ProvidersInsight }): JSX.Element {
  const { defaultModel, fallbacks, providers, skipped } = value
  return (
    <>
      {defaultModel !== undefined && (
        <p class="small break">
          Default <span class="mono">{defaultModel}</span>
          {fallbacks.length > 0 && <>, then {fallbacks.join(', ')}</>}
        </p>
      )}
      <List isEmpty={providers.length === 0} empty="No provider has a key." skipped={skipped}>
        {providers.map(({ name, state, source, reason, until }) => (
          <Row
            key={name}
            name={name}
            words={PROVIDER_WORDS[state]}
            notes={[source, reason, until === undefined ? undefined : `until ${formatDateTime(until)}`]}
          />
        ))}
      </List>
    </>
  )
}

function Channels({ value: { channels, skipped } }: { value: ChannelsInsight }): JSX.Element {
  return (
    <List
      isEmpty={channels.length === 0}
      empty="No channel is configured. The onboarding wizard in the terminal adds one."
      skipped={skipped}
    >
      {channels.map(({ id, label, account, state, lastError, lastMessageAt }) => (
        <Row
          key={`${id} ${account}`}
          name={account === undefined ? label : `${label} (${account})`}
          words={CHANNEL_WORDS[state]}
          notes={[lastMessageAt === undefined ? undefined : `last message ${formatDateTime(lastMessageAt)}`]}
          error={lastError}
        />
      ))}
    </List>
  )
}

function Sessions({ value: { count, sessions, skipped } }: { value: SessionsInsight }): JSX.Element {
  const shown = sessions.slice(0, SHOWN_SESSIONS)
  const rest = skipped + sessions.length - shown.length
  return (
    <List isEmpty={count === 0} empty="No conversation yet." skipped={rest}>
      {shown.map(({ key, model, updatedAt, totalTokens, wasAborted }) => (
        <Row
          key={key}
          name={key}
          isMono
          words={wasAborted ? ['cut off', 'warn'] : null}
          notes={[
            updatedAt === undefined ? undefined : formatDateTime(updatedAt),
            model,
            totalTokens === undefined ? undefined : countOf(totalTokens, 'token'),
          ]}
        />
      ))}
    </List>
  )
}

function Jobs({ value: { jobs, skipped } }: { value: CronInsight }): JSX.Element {
  return (
    <List isEmpty={jobs.length === 0} empty="No job is switched on." skipped={skipped}>
      {jobs.map(({ name, isEnabled, schedule, nextRunAt, lastStatus, lastError }, index) => (
        <Row
          key={`${index} ${name}`}
          name={name}
          words={isEnabled ? jobWords(lastStatus) : ['off', undefined]}
          notes={[schedule, nextRunAt === undefined ? undefined : `next ${formatDateTime(nextRunAt)}`]}
          error={lastError}
        />
      ))}
    </List>
  )
}

function jobWords(lastStatus: string | undefined): Words | null {
  if (lastStatus === undefined) return null
  if (lastStatus === 'ok') return ['last time ok', 'good']
  return lastStatus === 'error' ? ['last time failed', 'bad'] : [lastStatus, undefined]
}

function List(props: {
  isEmpty: boolean
  empty: string
  skipped: number
  children: ComponentChildren
}): JSX.Element {
  return (
    <>
      {props.isEmpty ? <p class="small muted">{props.empty}</p> : <ul>{props.children}</ul>}
      {props.skipped > 0 && <p class="small muted">And {props.skipped.toLocaleString('en')} more.</p>}
    </>
  )
}

function Row(props: {
  name: string
  words: Words | null
  isMono?: boolean
  notes: readonly (string | undefined)[]
  error?: string | undefined
}): JSX.Element {
  const { name, words, isMono = false, error } = props
  const notes = props.notes.filter((note) => note !== undefined && note !== '')
  return (
    <li class="insight-row">
      <span class={isMono ? 'mono small break' : 'break'}>{name}</span>
      {words && (
        <span class="badge" data-tone={words[1]}>
          {words[0]}
        </span>
      )}
      {notes.length > 0 && <span class="insight-note small muted break">{notes.join(' · ')}</span>}
      {error !== undefined && <span class="insight-note small break">Last error: {error}</span>}
    </li>
  )
}
