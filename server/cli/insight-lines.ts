/** What each part of the insight says, as lines for people. */
import type { GatewayInsight, InsightPartName } from '../../contract/insight.ts'
import { formatTime } from './format-time.ts'

type Parts = GatewayInsight['parts']
type Value<N extends InsightPartName> = NonNullable<Parts[N]['value']>

const LINES: { readonly [N in InsightPartName]: (value: Value<N>) => string[] } = {
  version: ({ version }) => [version],
  models: ({ models, skipped }) => [
    ...models.map(({ key, tags, isMissing, isAvailable }) => {
      const state = isMissing ? 'not known to the gateway' : isAvailable === false ? 'no key' : ''
      return joined(key, tags.join(', '), state)
    }),
    ...none(models, 'no model is set'),
    ...rest(skipped),
  ],
  providers: ({ defaultModel, fallbacks, providers, skipped }) => [
    ...(defaultModel === undefined ? [] : [`default ${defaultModel}`]),
    ...(fallbacks.length === 0 ? [] : [`fallbacks ${fallbacks.join(', ')}`]),
    ...providers.map(({ name, state, source = '', reason = '', until }) =>
      joined(`${name}: ${state}`, source, reason, until === undefined ? '' : `until ${formatTime(until)}`),
    ),
    ...none(providers, 'no provider has a key'),
    ...rest(skipped),
  ],
  sessions: ({ count, sessions, skipped }) => [
    ...sessions.map(({ key, model = '', updatedAt, totalTokens, wasAborted }) =>
      joined(
        key,
        updatedAt === undefined ? '' : formatTime(updatedAt),
        model,
        totalTokens === undefined ? '' : `${totalTokens} tokens`,
        wasAborted ? 'cut off' : '',
      ),
    ),
    ...(count === 0 ? ['none yet'] : []),
    ...rest(skipped),
  ],
  cron: ({ jobs, skipped }) => [
    ...jobs.map(({ name, schedule = '', nextRunAt, lastStatus = '', lastError = '' }) =>
      joined(
        name,
        schedule,
        nextRunAt === undefined ? '' : `next ${formatTime(nextRunAt)}`,
        lastStatus === '' ? '' : `last run ${lastStatus}`,
        lastError,
      ),
    ),
    ...none(jobs, 'no job is switched on'),
    ...rest(skipped),
  ],
  channels: ({ channels, skipped }) => [
    ...channels.map(({ label, account = '', state, lastError = '', lastMessageAt }) =>
      joined(
        account === '' ? `${label}: ${state}` : `${label} (${account}): ${state}`,
        lastError,
        lastMessageAt === undefined ? '' : `last message ${formatTime(lastMessageAt)}`,
      ),
    ),
    ...none(channels, 'no channel is configured'),
    ...rest(skipped),
  ],
}

/** Nothing while the part is not known. */
export function partLines<N extends InsightPartName>({ parts }: GatewayInsight, name: N): string[] {
  const { value } = parts[name] as { value?: Value<N> }
  return value === undefined ? [] : LINES[name](value)
}

function joined(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join('  ')
}

function none(list: readonly unknown[], words: string): string[] {
  return list.length === 0 ? [words] : []
}

function rest(skipped: number): string[] {
  return skipped === 0 ? [] : [`and ${skipped} more that are not shown`]
}
