import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** A check of values by a schema. */
export interface SchemaCheck<S extends TSchema> {
  readonly schema: S
  Check(value: unknown): value is Static<S>
}

/** Like typebox's Compile, but the code is made when the first value comes: all at once are a tenth of a start. */
export function compileLater<S extends TSchema>(schema: S): SchemaCheck<S> {
  let compiled: { Check(value: unknown): boolean } | undefined
  return {
    schema,
    Check(value): value is Static<S> {
      compiled ??= Compile(schema)
      return compiled.Check(value)
    },
  }
}
