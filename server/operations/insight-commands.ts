/** The commands behind each part of the insight, and how their output is read (docs/facts/razroom-gateway.md). */
import type { InsightPartName } from '../../contract/insight.ts'
import { readCommandJson } from '../domain/insight/command-json.ts'
import { readCron, readSessions, readVersion } from '../domain/insight/read-activity.ts'
import { readChannels } from '../domain/insight/read-channels.ts'
import { readModels, readProviders } from '../domain/insight/read-models.ts'

export interface InsightCommand {
  readonly words: readonly string[]
  /** It loads every plugin. */
  readonly isSlow: boolean
  /** @param stdout everything it printed @returns null when that is not what it prints */
  readonly read: (stdout: string) => object | null
}

const quick = (words: readonly string[], read: (document: unknown) => object | null): InsightCommand => ({
  words,
  isSlow: false,
  read: (stdout) => read(readCommandJson(stdout)),
})

export const INSIGHT_COMMANDS: Readonly<Record<InsightPartName, InsightCommand>> = {
  version: { words: ['--version'], isSlow: false, read: readVersion },
  models: quick(['models', 'list', '--json'], readModels),
  providers: quick(['models', 'status', '--json'], readProviders),
  sessions: quick(['sessions', '--json'], readSessions),
  cron: quick(['cron', 'list', '--json'], readCron),
  channels: { ...quick(['channels', 'status', '--json'], readChannels), isSlow: true },
}
