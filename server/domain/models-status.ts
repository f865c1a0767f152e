/**
 * What `models status --json` of the gateway says of keys and models. Its keys are masked by halves there (16 characters
 * show, docs/facts/razroom-gateway.md): nothing of them is taken.
 */
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { readCommandJson } from './insight/command-json.ts'

const ModelsStatus = Type.Object({
  defaultModel: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  resolvedDefault: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  auth: Type.Object({
    missingProvidersInUse: Type.Optional(Type.Array(Type.String())),
    providers: Type.Optional(
      Type.Array(
        Type.Object({
          provider: Type.String(),
          effective: Type.Optional(Type.Object({ kind: Type.Optional(Type.String()) })),
        }),
      ),
    ),
  }),
})
type ModelsStatus = Static<typeof ModelsStatus>

export interface SeenModels {
  readonly model: string | null
  /** Whether the gateway has a key for the provider; `unlisted`: it does not say. */
  readonly keyOf: (providerId: string) => 'seen' | 'missing' | 'unlisted'
}

/** @returns null when it is not understood: other gateways may say it otherwise */
export function readModelsStatus(stdout: string): SeenModels | null {
  const parsed = readCommandJson(stdout)
  if (!Value.Check(ModelsStatus, parsed)) return null
  const { auth, resolvedDefault, defaultModel } = parsed
  return {
    model: resolvedDefault ?? defaultModel ?? null,
    keyOf: (id) => keyOf(auth, id),
  }
}

function keyOf({ providers = [], missingProvidersInUse = [] }: ModelsStatus['auth'], id: string) {
  if (missingProvidersInUse.includes(id)) return 'missing'
  const found = providers.find(({ provider }) => provider === id)
  if (!found) return 'unlisted'
  return found.effective?.kind === 'missing' ? 'missing' : 'seen'
}
