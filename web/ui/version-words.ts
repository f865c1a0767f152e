/** Who wrote a version of a file, when and why, in words. */
import type { FileVersion, VersionAuthor, VersionedFile } from '../../contract/versions.ts'
import { formatDuration } from './format.ts'

/** The two files as people know them. */
export const FILE_WORDS = {
  env: '.env',
  config: 'razroom.json',
} as const satisfies Readonly<Record<VersionedFile, string>>

const AUTHOR_WORDS: Readonly<Record<VersionAuthor, string>> = {
  page: 'in this panel',
  cli: 'in a shell, by razroom-panel',
  api: 'by a script, through the API',
  wizard: 'by the onboarding wizard',
  outside: 'outside of the panel',
}

/** What an operation was about, by its kind; anything else that wrote a version says so itself. */
const REASON_WORDS: Readonly<Record<string, string>> = {
  setup: 'setup',
  'rotate-token': 'new token',
  'reconcile-token': 'token brought into line',
  'connect-services': 'model or channels connected',
  restore: 'backup restored',
  'go-back': 'went back',
}

const MINUTE_MS = 60_000

/** Who wrote it, or where. */
export function authorWords(by: VersionAuthor): string {
  return AUTHOR_WORDS[by]
}

/** What wrote it, where it was not an edit; undefined when it was. */
export function reasonWords({ reason }: Pick<FileVersion, 'reason'>): string | undefined {
  return reason === undefined ? undefined : (REASON_WORDS[reason] ?? reason)
}

/** How long ago, in whole minutes. @param iso when it was @param now in ms since the epoch, of the same clock */
export function ageWords(iso: string, now: number): string {
  const age = now - Date.parse(iso)
  if (Number.isNaN(age)) return iso
  return age < MINUTE_MS ? 'just now' : `${formatDuration(age - (age % MINUTE_MS))} ago`
}
