/**
 * The variables a gateway is known to read, as data: what each is for, where one comes from, what it needs beside it.
 * Source: docs/facts/razroom-gateway.md, "Environment variables it reads". Imports nothing of Node: the page uses it too.
 */
import { CHANNEL_VARIABLES } from './env-catalogue-channels.ts'
import { GATEWAY_VARIABLES } from './env-catalogue-gateway.ts'
import { PROVIDER_VARIABLES } from './env-catalogue-providers.ts'
import { TOOL_VARIABLES } from './env-catalogue-tools.ts'

export type VariableGroup = 'gateway' | 'provider' | 'channel' | 'tool'

/** One variable, or a family of them when its name ends in `*`. */
export interface KnownVariable {
  readonly name: string
  readonly group: VariableGroup
  /** The service or the part of the gateway, for people: "Groq", "Slack". */
  readonly service: string
  /** One plain sentence. */
  readonly purpose: string
  /** Where one gets a value: words, and the service's own page where it has one for the purpose. */
  readonly source?: string
  readonly url?: string
  readonly isSecret: boolean
  /** The panel sets it itself; it has no place in `.env` and is not offered. */
  readonly isPanelOwned: boolean
  /** Names that do the same: one of them is enough. */
  readonly alternatives: readonly string[]
  /** Without these (or their alternatives) it does nothing. */
  readonly goesWith: readonly string[]
  /** What else one should know before setting it. */
  readonly hint?: string
}

/** In the order a person looks for them: the gateway, providers, channels, tools. */
export const ENV_CATALOGUE: readonly KnownVariable[] = [
  ...GATEWAY_VARIABLES,
  ...PROVIDER_VARIABLES,
  ...CHANNEL_VARIABLES,
  ...TOOL_VARIABLES,
]

const BY_NAME: ReadonlyMap<string, KnownVariable> = new Map(
  ENV_CATALOGUE.map((variable) => [variable.name, variable]),
)
const FAMILIES = ENV_CATALOGUE.filter(({ name }) => name.endsWith('*'))

/** What is known of this variable; of `TWILIO_AUTH_TOKEN` what is known of its family. Names are case-sensitive. */
export function findKnownVariable(name: string): KnownVariable | undefined {
  return (
    BY_NAME.get(name) ??
    FAMILIES.find((family) => {
      const start = family.name.slice(0, -1)
      return name.startsWith(start) && name.length > start.length
    })
  )
}
