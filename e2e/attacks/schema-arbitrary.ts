/** Values that a schema of the contract takes, its limits among them. A kind of schema that is not known here fails. */
import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What of JSON Schema the contract uses. */
interface SchemaNode {
  readonly type?: string
  readonly const?: Json
  readonly enum?: readonly Json[]
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly uniqueItems?: boolean
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Longer ones are tried, but seldom: each costs as much as a hundred short ones. */
const USUAL_LENGTH = 200
const FEW_ITEMS = 4
/** What readers of text stumble over: quotes, comments, escapes, other line ends, other scripts, halves of characters. */
const TEXTS: readonly string[] = [
  'A=1\n',
  'export A="b c"\nA=\'x\'\n',
  '# A=1\r\nB=2\r',
  'A=\n=\n==\n\n',
  '{gateway: {mode: "local", auth: {token: "x"}}}',
  '{"a": [1, {"b": null}], // c\n}',
  '[[[[[[',
  '../../../../etc/shadow',
  '/proc/self/mem',
  '-rf',
  '--help',
  '$(touch /tmp/fuzzed)',
  '`id`;id|id&id',
  '%s%n%x',
  '__proto__',
  'constructor',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\ufeff',
  '\u202egnp.exe',
  '\u001b]52;c;aWQ=\u0007',
  'ﷺ'.repeat(20),
  '𝕬'.repeat(20),
  'é',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  'true',
  'null',
  '',
]

/** Any value that the schema takes. @throws for a kind of schema that it does not know: teach it */
export function validValue(schema: TSchema): Arbitrary<Json> {
  return arbitraryOf(schema as SchemaNode)
}

function arbitraryOf(node: SchemaNode): Arbitrary<Json> {
  if (node.const !== undefined) return fc.constant(node.const)
  if (node.enum) return fc.constantFrom(...node.enum)
  if (node.anyOf) return fc.oneof(...node.anyOf.map(arbitraryOf))
  switch (node.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return integerOf(node)
    case 'string':
      return stringOf(node)
    case 'array':
      return arrayOf(node)
    case 'object':
      return objectOf(node)
    default:
      throw new Error(`no values are known for this schema: ${JSON.stringify(node).slice(0, 300)}`)
  }
}

function integerOf({
  minimum: min = -(2 ** 53) + 1,
  maximum: max = 2 ** 53 - 1,
}: SchemaNode): Arbitrary<Json> {
  return fc.oneof(
    fc.constantFrom(min, max),
    fc.maxSafeInteger().map((n) => min + (Math.abs(n) % (max - min + 1))),
  )
}

function stringOf({ pattern, minLength = 0, maxLength = USUAL_LENGTH }: SchemaNode): Arbitrary<Json> {
  const isFitting = (text: string): boolean =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern).test(text))
  const limits = [minLength, maxLength].map((length) => 'a'.repeat(length)).filter(isFitting)
  const known = TEXTS.filter(isFitting)
  const usual =
    pattern === undefined
      ? fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, USUAL_LENGTH) })
      : fc.stringMatching(new RegExp(pattern))
  return fc.oneof(
    { weight: 6, arbitrary: usual.filter(isFitting) },
    ...(known.length > 0 ? [{ weight: 5, arbitrary: fc.constantFrom(...known) }] : []),
    ...(limits.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...limits) }] : []),
  )
}

function arrayOf({ items, minItems = 0, maxItems = FEW_ITEMS, uniqueItems }: SchemaNode): Arbitrary<Json> {
  if (!items) throw new Error('a list without the schema of its items')
  const item = arbitraryOf(items)
  const few = { minLength: minItems, maxLength: Math.min(maxItems, Math.max(minItems, FEW_ITEMS)) }
  const usual = uniqueItems ? fc.uniqueArray(item, few) : fc.array(item, few)
  if (uniqueItems || maxItems <= FEW_ITEMS) return usual
  const full = item.map((one) => Array.from({ length: maxItems }, () => one))
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: full })
}

function objectOf({ properties, required = [], patternProperties }: SchemaNode): Arbitrary<Json> {
  const [dictionary] = Object.entries(patternProperties ?? {})
  if (dictionary) {
    const [pattern, node] = dictionary
    return fc.dictionary(fc.stringMatching(new RegExp(pattern)), arbitraryOf(node), { maxKeys: FEW_ITEMS })
  }
  const parts = Object.entries(properties ?? {}).map(([key, node]) => [key, arbitraryOf(node)] as const)
  return fc.record<Record<string, Json>>(Object.fromEntries(parts), { requiredKeys: [...required] })
}
