/** One thing wrong in razroom.json: where (dotted path, `<root>` for the whole) and what. */
export interface ConfigIssue {
  path: string
  message: string
  /** the keys that do not belong there, when that is what is wrong */
  unknownKeys?: string[]
}

/** Checks a value and hands back its typed copy; problems go to `issues`, then the copy must not be used. */
type Check<T> = (value: unknown, path: string, issues: ConfigIssue[]) => T | undefined
type Checked<C> = C extends Check<infer T> ? T : never

function wrongType(expected: string): Check<never> {
  return (value, path, issues) => {
    issues.push({ path, message: `Invalid input: expected ${expected}, received ${typeName(value)}` })
    return undefined
  }
}

const text: Check<string> = (value, path, issues) =>
  typeof value === 'string' ? value : wrongType('string')(value, path, issues)

const flag: Check<boolean> = (value, path, issues) =>
  typeof value === 'boolean' ? value : wrongType('boolean')(value, path, issues)

const anything: Check<unknown> = (value) => value

const port: Check<number> = (value, path, issues) => {
  if (typeof value !== 'number') return wrongType('number')(value, path, issues)
  if (Number.isInteger(value) && value > 0 && value <= 65_535) return value
  issues.push({ path, message: 'Invalid input: expected a port from 1 to 65535' })
  return undefined
}

function oneOf<const T extends string>(...allowed: T[]): Check<T> {
  return (value, path, issues) => {
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) issues.push({ path, message: 'Invalid input' })
    return found
  }
}

function listOf<T>(check: Check<T>): Check<T[]> {
  return (value, path, issues) => {
    if (!Array.isArray(value)) return wrongType('array')(value, path, issues)
    const items = value.map((item: unknown, index) => check(item, `${path}.${index}`, issues))
    return items.filter((item) => item !== undefined)
  }
}

const record: Check<Record<string, unknown>> = (value, path, issues) =>
  isRecord(value) ? value : wrongType('object')(value, path, issues)

function strictObject<S extends Record<string, Check<unknown>>>(
  shape: S,
): Check<{ [K in keyof S]?: Checked<S[K]> }> {
  return (value, path, issues) => {
    if (!isRecord(value)) return wrongType('object')(value, path, issues)
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key))
    if (unknown.length > 0) {
      const keys = unknown.map((key) => JSON.stringify(key)).join(', ')
      const message = `Unrecognized ${unknown.length > 1 ? 'keys' : 'key'}: ${keys}`
      issues.push({ path, message, unknownKeys: unknown })
    }
    const result: Record<string, unknown> = {}
    for (const [key, check] of Object.entries(shape)) {
      if (!Object.hasOwn(value, key)) continue
      const below = path === '<root>' ? key : `${path}.${key}`
      result[key] = check(value[key], below, issues)
    }
    // Each key was checked by its own entry of the shape; the compiler can't follow that through the loop.
    return result as { [K in keyof S]?: Checked<S[K]> }
  }
}

const gatewaySection = strictObject({
  port,
  mode: oneOf('local', 'remote'),
  bind: oneOf('auto', 'lan', 'loopback', 'custom', 'tailnet'),
  customBindHost: text,
  controlUi: strictObject({
    enabled: flag,
    basePath: text,
    root: text,
    allowedOrigins: listOf(text),
    allowInsecureAuth: flag,
    dangerouslyDisableDeviceAuth: flag,
  }),
  auth: strictObject({
    mode: oneOf('token', 'password'),
    token: text,
    password: text,
    allowTailscale: flag,
    rateLimit: record,
  }),
  trustedProxies: listOf(text),
  tools: record,
  tailscale: record,
  remote: record,
  reload: record,
  tls: record,
  http: record,
  nodes: record,
  channelHealthCheckMinutes: anything,
})

/** Sections of the subsystems that only the real gateway has: kept and left unread. */
const foreignSections = [
  'meta wizard diagnostics logging update browser ui auth models nodeHost agents tools bindings broadcast audio',
  'media messages commands approvals session cron hooks web channels discovery canvasHost talk memory skills',
  'plugins',
].flatMap((line) => line.split(' '))

const configShape = {
  $schema: text,
  env: record,
  gateway: gatewaySection,
}

/** razroom.json as far as the bundled gateway reads it. */
export type Config = { [K in keyof typeof configShape]?: Checked<(typeof configShape)[K]> }

const root = strictObject({
  ...configShape,
  ...Object.fromEntries(foreignSections.map((name) => [name, anything])),
})

/**
 * Checks a parsed razroom.json. The schema is strict like the real one's: an unknown key at the root or in
 * `gateway` is a problem; the sections of other subsystems are not looked into.
 * @returns the typed configuration, or every problem found
 */
export function checkConfig(value: unknown): { config: Config; issues: [] } | { issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = []
  const config = root(value, '<root>', issues)
  return issues.length === 0 && config !== undefined ? { config, issues: [] } : { issues }
}

/** Whether a value is a plain object (not null, not an array). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
