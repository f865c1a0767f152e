/** Finding a known variable by its name, its service or what it is for. */
import {
  ENV_CATALOGUE,
  type KnownVariable,
  type VariableGroup,
} from '../../../server/domain/env-catalogue.ts'

export const GROUP_WORDS: Readonly<Record<VariableGroup, string>> = {
  gateway: 'Gateway',
  provider: 'Model providers',
  channel: 'Channels',
  tool: 'Tools and voice',
}

/** What a person may set; what the panel sets itself is not offered. */
export const OFFERED: readonly KnownVariable[] = ENV_CATALOGUE.filter(({ isPanelOwned }) => !isPanelOwned)

/** Keys that a gateway is of little use without, for a file that has none. */
export const SUGGESTED: readonly KnownVariable[] = firstOfEachService(
  OFFERED.filter(({ group }) => group === 'provider'),
).slice(0, 4)

/** The variables in which every word is found, those first whose name begins so; all for an empty search. */
export function searchVariables(search: string): readonly KnownVariable[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return OFFERED
  return OFFERED.map((variable) => ({ variable, rank: rankOf(variable, words) }))
    .filter(({ rank }) => rank < NOT_FOUND)
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ variable }) => variable)
}

/** The variables by group, in the order they are given. */
export function groupVariables(
  variables: readonly KnownVariable[],
): { group: VariableGroup; variables: KnownVariable[] }[] {
  const groups: { group: VariableGroup; variables: KnownVariable[] }[] = []
  for (const variable of variables) {
    const there = groups.find(({ group }) => group === variable.group)
    if (there) there.variables.push(variable)
    else groups.push({ group: variable.group, variables: [variable] })
  }
  return groups
}

const NOT_FOUND = 4

function rankOf({ name, service, purpose, group }: KnownVariable, words: readonly string[]): number {
  const [names, services] = [name.toLowerCase(), service.toLowerCase()]
  const all = `${names} ${services} ${purpose} ${GROUP_WORDS[group]}`.toLowerCase()
  if (!words.every((word) => all.includes(word))) return NOT_FOUND
  const phrase = words.join(' ')
  if (names.startsWith(words.join('_')) || services.startsWith(phrase)) return 0
  if (names.includes(words.join('_')) || services.includes(phrase)) return 1
  return words.some((word) => names.includes(word) || services.includes(word)) ? 2 : 3
}

function firstOfEachService(variables: readonly KnownVariable[]): KnownVariable[] {
  return variables.filter(
    ({ service }, index) => variables.findIndex((other) => other.service === service) === index,
  )
}
