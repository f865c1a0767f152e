/** Names of variables that were probably meant to be others. Imports nothing of Node. */
import { nearest } from '../../contract/nearest.ts'
import { isSecretVariable } from '../../contract/rules.ts'
import { ENV_CATALOGUE, findKnownVariable } from './env-catalogue.ts'

/** More would take one service for another: GITLAB_TOKEN is two letters from GITHUB_TOKEN. */
const MOST_CORRECTIONS = 1
const MIN_STEM_LENGTH = 4
const SUFFIX = /_(API_KEY|TOKEN|SECRET|PASSWORD)$/
/** How people write the ends of names, and how the gateway does. */
const OTHER_ENDS: readonly (readonly [RegExp, string])[] = [
  [/_(KEY|APIKEY|API_TOKEN)$/, '_API_KEY'],
  [/_TOKEN$/, '_BOT_TOKEN'],
]

/** Short stems are left out: half the alphabet is one letter from GH_TOKEN. */
const CANDIDATES = ENV_CATALOGUE.filter(
  ({ name, isPanelOwned }) =>
    !isPanelOwned && !name.endsWith('*') && name.replace(SUFFIX, '').length >= MIN_STEM_LENGTH,
).map(({ name }) => name)

/**
 * The known variable that an unknown name was probably meant to be; undefined for known names, for names that are far
 * from all, and for those that are neither a secret's nor begin with RAZROOM_: a gateway's tools may read any other.
 *
 * @param value tells a key of xAI from one of Groq, by its public prefix; both are called after "Grok" by people
 */
export function findMeantName(name: string, value: string): string | undefined {
  if (findKnownVariable(name) !== undefined) return undefined
  const upper = name.toUpperCase()
  if (!isSecretVariable(upper, '') && !upper.startsWith('RAZROOM_')) return undefined
  if (upper.startsWith('GROK_') && value.trimStart().replace(/^["']/, '').startsWith('xai-'))
    return 'XAI_API_KEY'
  const spelt = [upper, ...OTHER_ENDS.map(([end, right]) => upper.replace(end, right))]
  const exact = spelt.find((candidate) => CANDIDATES.includes(candidate))
  if (exact !== undefined) return exact
  const near = CANDIDATES.filter((candidate) => isNear(upper, candidate))
  return nearest(upper, near, MOST_CORRECTIONS)
}

/**
 * True when all but a place or two are the same: a quick look before a thorough one, as a file may have 100,000 lines.
 * `nearest` also completes beginnings, which is right for commands and not for names.
 */
function isNear(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > MOST_CORRECTIONS) return false
  let start = 0
  while (start < left.length && left[start] === right[start]) start += 1
  let end = 0
  while (end < left.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1
  return start + end >= left.length - 2
}
