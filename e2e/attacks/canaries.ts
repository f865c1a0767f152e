/** Secrets that are known to nobody: wherever one is found, it came from the field it was given to. */
import { randomBytes } from 'node:crypto'

const FIELDS = [
  'shell',
  'edit',
  'text',
  'quoted',
  'comment',
  'url',
  'env-token',
  'config-token',
  'own-token',
  'config-text',
  'config-refused',
  'terminal',
  'registry',
  'refused',
  'malformed',
  'login',
  'connect',
  'channel',
  'pasted',
] as const
export type Field = (typeof FIELDS)[number]

export interface Canaries {
  readonly of: Readonly<Record<Field, string>>
  /** Another one to look for, which the panel itself has made. */
  add(field: string, secret: string): void
  /** The fields whose secret is in the text, as it is or in base64. */
  findIn(text: string): string[]
  /** What grep(1) is to look for, a line each. */
  patterns(): string
}

export function makeCanaries(): Canaries {
  const known = new Map<string, string>()
  for (const field of FIELDS) known.set(field, `canary-${field}-${randomBytes(12).toString('hex')}`)
  return {
    of: Object.fromEntries(known) as Record<Field, string>,
    add: (field, secret) => void known.set(field, secret),
    findIn: (text) =>
      [...known].flatMap(([field, secret]) =>
        forms(secret).some((form) => text.includes(form)) ? [field] : [],
      ),
    patterns: () => [...known.values()].flatMap(forms).join('\n'),
  }
}

/** In base64 a text looks different at each of three places; the ends depend on what stands beside it. */
function forms(secret: string): string[] {
  const shifted = [0, 1, 2].map((by) => {
    const base64 = Buffer.from(`${' '.repeat(by)}${secret}`).toString('base64')
    return base64.slice(by === 0 ? 0 : 4, -4)
  })
  return [secret, ...shifted]
}
