/** razroom.json: what the panel reads of it, and the small changes it makes to it. */
import JSON5 from 'json5'
import { ConflictError, InputError, type PanelError } from '../errors.ts'
import { type ArrayNode, type Node, type ObjectNode, scanJson5 } from './json5-scanner.ts'

export interface RazroomConfig {
  /** gateway.mode; the gateway starts with 'local' only (docs/facts/razroom-gateway.md). */
  readonly mode?: string
  /** gateway.auth.mode: 'token' or 'password'. */
  readonly authMode?: string
  /** gateway.auth.token, when it is a plain, non-empty string: then the gateway checks it. */
  readonly authToken?: string
  /** gateway.auth.token, when it refers to variables: `${NAME}` as it stands in the file. */
  readonly authTokenReference?: string
  /** gateway.auth.token is there and no string; the gateway's strict schema refuses to start with it. */
  readonly isAuthTokenInvalid?: true
  readonly authPassword?: string
  /** gateway.bind; the command line's `--bind lan` outranks it. */
  readonly bind?: string
  readonly raw: unknown
}

/**
 * A reference to an environment variable in a string of razroom.json. The gateway's family replaces `${NAME}`, with a
 * name in capitals, by the variable; that is documented for its upstream, and not among what was measured. The panel
 * therefore never takes the text of a reference for the token.
 */
export const CONFIG_REFERENCE = /\$\{([A-Z_][A-Z0-9_]*)\}/g

/**
 * The text of razroom.json, to be changed by {@link setConfigValue}: nothing is lost, a BOM is kept.
 * @throws {ConflictError} CONFIG_INVALID it is not UTF-8
 */
export function configText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new ConflictError('CONFIG_INVALID', { detail: 'razroom.json is not UTF-8 text', cause })
  }
}

/**
 * Reads razroom.json (JSON5). Values of another type than the gateway's are left out; `raw` has all of it.
 * @throws {ConflictError} CONFIG_INVALID not UTF-8, not JSON5 (with line and column), or not an object
 */
export function readConfig(bytes: Uint8Array): RazroomConfig {
  const raw = parse(configText(bytes))
  if (!isRecord(raw)) throw new ConflictError('CONFIG_INVALID', { detail: 'razroom.json is not an object' })
  const gateway = isRecord(raw.gateway) ? raw.gateway : {}
  const auth = isRecord(gateway.auth) ? gateway.auth : {}
  return {
    ...text('mode', gateway.mode),
    ...text('authMode', auth.mode),
    ...readToken(auth.token),
    ...text('authPassword', auth.password),
    ...text('bind', gateway.bind),
    raw,
  }
}

function readToken(token: unknown): Partial<RazroomConfig> {
  if (token === undefined) return {}
  if (typeof token !== 'string') return { isAuthTokenInvalid: true }
  if (token.search(CONFIG_REFERENCE) !== -1) return { authTokenReference: token }
  return text('authToken', token)
}

/** Empty strings count as not set, as they do for the gateway. */
function text<K extends keyof RazroomConfig>(key: K, value: unknown): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {}
  if (typeof value === 'string' && value.trim() !== '') found[key] = value
  return found
}

function parse(source: string): unknown {
  try {
    return JSON5.parse(source)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new ConflictError('CONFIG_INVALID', { detail: `razroom.json: ${place(cause)}`, cause })
  }
}

/** json5 says "JSON5: invalid character 'x' at 2:1" and carries the numbers. */
function place(error: SyntaxError): string {
  const message = error.message.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '')
  const { lineNumber, columnNumber } = error as { lineNumber?: unknown; columnNumber?: unknown }
  if (typeof lineNumber !== 'number' || typeof columnNumber !== 'number') return message
  return `${message} at ${lineNumber}:${columnNumber}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** razroom.json with which the gateway starts, when there is none: plain JSON, as the gateway itself writes it. */
export function minimalConfig(): string {
  return `${JSON.stringify({ gateway: { mode: 'local' } }, null, 2)}\n`
}

/**
 * Sets one string in a JSON5 text: the value at the path is replaced, or inserted at the end of the innermost object
 * that is there. Every comment, the order and every other character stay. When a key stands twice, the last is changed,
 * which is the one that counts.
 *
 * @param source the whole text of razroom.json, see {@link configText}
 * @param path keys from the outermost object on, at least one
 * @throws {ConflictError} CONFIG_INVALID the text is not JSON5, or something on the path is no object
 * @throws {InputError} REQUEST_INVALID an empty path
 */
export function setConfigValue(source: string, path: readonly string[], value: string): string {
  if (path.length === 0)
    throw new InputError('REQUEST_INVALID', { detail: 'no place in razroom.json is named' })
  const { node, rest } = find(source, path)
  if (rest.length > 0 && node.kind === 'object')
    return insert(source, node, (layout) => renderMember(rest, value, layout))
  return source.slice(0, node.start) + quote(value) + source.slice(node.end)
}

/**
 * Adds one string to the end of a list in a JSON5 text; every other character stays, as in {@link setConfigValue}.
 * @throws {ConflictError} CONFIG_INVALID the text is not JSON5, or there is no list at the path
 */
export function addConfigItem(source: string, path: readonly string[], value: string): string {
  const { node, rest } = find(source, path)
  if (rest.length > 0 || node.kind !== 'array')
    throw new ConflictError('CONFIG_INVALID', { detail: `${path.join('.')} in razroom.json is not a list` })
  return insert(source, node, () => quote(value))
}

/** The node at the path; or the innermost object that is there, with the rest of the path, which is not. */
function find(source: string, path: readonly string[]): { node: Node; rest: readonly string[] } {
  parse(source)
  let node: Node = scan(source)
  for (const [depth, key] of path.entries()) {
    if (node.kind !== 'object') throw notAnObject(path.slice(0, depth))
    const member = node.members.findLast((candidate) => candidate.key === key)
    if (!member) return { node, rest: path.slice(depth) }
    node = member.value
  }
  return { node, rest: [] }
}

function scan(source: string): Node {
  try {
    return scanJson5(source)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new ConflictError('CONFIG_INVALID', { detail: `razroom.json: ${cause.message}`, cause })
  }
}

function notAnObject(path: readonly string[]): PanelError {
  const where = path.length === 0 ? 'razroom.json' : `${path.join('.')} in razroom.json`
  return new ConflictError('CONFIG_INVALID', { detail: `${where} is not an object` })
}

function insert(
  source: string,
  container: ObjectNode | ArrayNode,
  render: (layout: Layout) => string,
): string {
  const layout = readLayout(source, container)
  const comma = container.hasTrailingComma ? ',' : ''
  const added = `${layout.before}${render(layout)}${comma}`
  const close = container.end - 1
  // Blank before the closing brace stays there.
  const tail = source.slice(container.lastTokenEnd, close)
  const last = endsOf(container).at(-1)
  const after = tail === '' && last === undefined ? layout.after : tail
  const needsComma = last !== undefined && !container.hasTrailingComma
  const head = needsComma
    ? `${source.slice(0, last)},${source.slice(last, container.lastTokenEnd)}`
    : source.slice(0, container.lastTokenEnd)
  return head + added + after + source.slice(close)
}

function endsOf(container: ObjectNode | ArrayNode): number[] {
  return container.kind === 'array'
    ? container.items.map(({ end }) => end)
    : container.members.map(({ value }) => value.end)
}

const LINE_END = /[\n\r\u2028\u2029]/

interface Layout {
  readonly isMultiline: boolean
  readonly newline: string
  /** Indentation of a member, and what one level adds to it. */
  readonly indent: string
  readonly step: string
  readonly before: string
  readonly after: string
}

function readLayout(source: string, object: ObjectNode | ArrayNode): Layout {
  const newline = source.includes('\r\n') ? '\r\n' : '\n'
  const outer = indentAt(source, object.start)
  const first = object.kind === 'array' ? object.items[0] : object.members[0]
  // An empty object of one line is opened when the file is written in lines elsewhere.
  const isMultiline = LINE_END.test(first ? source.slice(object.start, object.end) : source.trim())
  const ownLine = first && /[\n\r][\t ]*$/.test(source.slice(object.start, first.start))
  const indent = first && ownLine ? indentAt(source, first.start) : `${outer}  `
  const step = indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : '  '
  if (isMultiline) {
    return { isMultiline, newline, indent, step, before: newline + indent, after: newline + outer }
  }
  return { isMultiline, newline, indent, step, before: first ? ' ' : '', after: '' }
}

function indentAt(source: string, position: number): string {
  const line =
    source
      .slice(0, position)
      .split(/\r\n|[\n\r\u2028\u2029]/)
      .at(-1) ?? ''
  return /^[\t ]*/.exec(line)?.[0] ?? ''
}

function renderMember(path: readonly string[], value: string, layout: Layout): string {
  const [key = '', ...rest] = path
  if (rest.length === 0) return `${quote(key)}: ${quote(value)}`
  const inner = { ...layout, indent: layout.indent + layout.step }
  const member = renderMember(rest, value, inner)
  if (!layout.isMultiline) return `${quote(key)}: { ${member} }`
  return `${quote(key)}: {${layout.newline}${inner.indent}${member}${layout.newline}${layout.indent}}`
}

/** A JSON string; the two separators that JSON allows raw and JSON5 warns about are escaped. */
function quote(value: string): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
