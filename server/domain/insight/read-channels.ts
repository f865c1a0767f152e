/** `channels status --json` of the gateway. */
import type { ChannelState, ChannelsInsight } from '../../../contract/insight.ts'
import { collect, isLoose, type Loose, listOf, objectOf, said, textOf, timeMember } from './loose.ts'

const MAX_CHANNELS = 100

/** @returns null when this is not what the command prints */
export function readChannels(document: unknown): ChannelsInsight | null {
  if (!isLoose(document) || !isLoose(document.channelAccounts)) return null
  const { channelAccounts } = document
  const labels = objectOf(document.channelLabels)
  const summaries = objectOf(document.channels)
  const order = listOf(document.channelOrder).filter((id) => typeof id === 'string')
  const ids = new Set([...order, ...Object.keys(summaries), ...Object.keys(channelAccounts)])
  const all = [...ids].flatMap((id) => {
    const own = Object.hasOwn(channelAccounts, id) ? listOf(channelAccounts[id]) : []
    const accounts = own.length > 0 ? own : Object.hasOwn(summaries, id) ? [summaries[id]] : []
    return accounts.map((account) => ({ id, account, isOnly: accounts.length === 1 }))
  })
  const { list, skipped } = collect(all, MAX_CHANNELS, ({ id, account, isOnly }) => {
    const name = textOf(id)
    if (name === '' || !isLoose(account)) return null
    const label = typeof id === 'string' && Object.hasOwn(labels, id) ? textOf(labels[id]) : ''
    const called = textOf(account.name) || textOf(account.accountId)
    return {
      id: name,
      label: label || name,
      ...said('account', isOnly === true && called === 'default' ? '' : called),
      state: stateOf(account),
      ...said('lastError', textOf(account.lastError)),
      ...timeMember('lastMessageAt', latest(account.lastInboundAt, account.lastOutboundAt)),
    }
  })
  return { channels: list, skipped }
}

function stateOf({ enabled, configured, linked, running, connected, lastError }: Loose): ChannelState {
  if (enabled === false) return 'off'
  if (configured === false) return 'unconfigured'
  // It keeps its last error after it has recovered: then it is connected again.
  if (connected === true) return 'connected'
  if (linked === false) return 'unlinked'
  const hasError = textOf(lastError) !== ''
  if (running === true) return connected === false && hasError ? 'failed' : 'running'
  return hasError ? 'failed' : 'stopped'
}

function latest(...times: readonly unknown[]): unknown {
  const known = times.filter((time) => typeof time === 'number')
  return known.length === 0 ? undefined : Math.max(...known)
}
