/**
 * What is wrong with razroom.json, at its place, and what the panel mends of it. The rules are those of
 * docs/facts/razroom-gateway.md. No finding tells a value that could be a secret.
 */
import type { ConfigCheck } from '../../contract/config.ts'
import type { Finding } from '../../contract/schemas.ts'
import { ConflictError, PanelError } from '../errors.ts'
import { checkAuth } from './config-auth-checks.ts'
import { checkGateway } from './config-gateway-checks.ts'
import type { ConfigFinding, ConfigReading, ConfigSurroundings } from './config-reading.ts'
import { maskConfigText } from './config-view.ts'
import { type Node, scanJson5 } from './json5-scanner.ts'
import { addConfigItem, configText, minimalConfig, readConfig, setConfigValue } from './razroom-config.ts'
import { type TextPlaces, textPlaces } from './text-places.ts'

/** Who has more of one kind to mend than these needs no more of them. */
const MAX_OF_A_KIND = 100

/**
 * Everything worth saying about the file, in the order of its lines.
 * @param bytes null when there is no file
 */
export function checkConfig(bytes: Uint8Array | null, around: ConfigSurroundings): Finding[] {
  const { text, findings } = look(bytes, around)
  const places = textPlaces(text)
  return findings
    .map(({ at, mend, ...finding }): Finding => {
      const fix = mend && { label: mend.label, ...preview(applyMend(text, mend), mend) }
      return { ...finding, ...(at === undefined ? {} : places.of(at)), ...(fix ? { fix } : {}) }
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

/** `fatal`: the gateway would not start; `findings`: something is at warning; else `clean`. */
export function configVerdict(findings: readonly Finding[]): ConfigCheck['verdict'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'fatal'
  return findings.some(({ severity }) => severity === 'warning') ? 'findings' : 'clean'
}

/**
 * The text without what the finding of this id says; every comment and the order stay.
 * @returns null when there is no such finding, or none that the panel can mend
 */
export function mendConfig(bytes: Uint8Array | null, around: ConfigSurroundings, id: string): string | null {
  const { text, findings } = look(bytes, around)
  const mend = findings.find((finding) => finding.id === id)?.mend
  return mend ? applyMend(text, mend) : null
}

function look(
  bytes: Uint8Array | null,
  around: ConfigSurroundings,
): { text: string; findings: ConfigFinding[] } {
  if (!bytes) return { text: '', findings: [NO_FILE] }
  try {
    const text = configText(bytes)
    if (text.replace(/^\ufeff/, '').trim() === '') return { text, findings: [EMPTY] }
    return { text, findings: checkText(text, readConfig(bytes), around) }
  } catch (error) {
    // The library takes what is nested deeper than the finder of places does.
    if (error instanceof SyntaxError) return lookAtBroken(bytes, tooDeep(error))
    if (!(error instanceof PanelError)) throw error
    return lookAtBroken(bytes, error)
  }
}

function tooDeep(cause: SyntaxError): PanelError {
  return new ConflictError('CONFIG_INVALID', { detail: cause.message, cause })
}

function checkText(
  text: string,
  config: ConfigReading['config'],
  around: ConfigSurroundings,
): ConfigFinding[] {
  const root = scanJson5(text)
  const reading: ConfigReading = { text, root, config, ...around }
  const twice = checkTwice(root, textPlaces(text)).slice(0, MAX_OF_A_KIND)
  return [...checkBytes(text), ...twice, ...checkGateway(reading), ...checkAuth(reading)]
}

const WRITE_MODE = {
  label: 'Write one with gateway.mode "local"',
  kind: 'new',
} as const

const NO_FILE: ConfigFinding = {
  id: 'config.missing',
  severity: 'error',
  title: 'There is no razroom.json',
  evidence: 'the gateway does not start without it',
  hint: 'Write one with gateway.mode "local".',
  mend: WRITE_MODE,
}

const EMPTY: ConfigFinding = {
  id: 'config.empty',
  severity: 'error',
  title: 'The file is empty',
  evidence: 'the gateway can’t read it, and does not start',
  hint: 'Write one with gateway.mode "local", or go back to an earlier version.',
  at: 0,
  mend: WRITE_MODE,
}

/** What the reader of the file could not read: not UTF-8, not JSON5, or no object. */
function lookAtBroken(bytes: Uint8Array, error: PanelError): { text: string; findings: ConfigFinding[] } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const isUtf8 = Buffer.compare(new TextEncoder().encode(text), bytes) === 0
  if (!isUtf8) {
    return {
      text,
      findings: [
        {
          id: 'config.not-utf8',
          severity: 'error',
          title: 'The file is not UTF-8 text',
          evidence: 'it has bytes that mean nothing in UTF-8',
          hint: 'Go back to an earlier version, or save it as UTF-8 with an editor.',
          at: Math.max(0, text.indexOf('\ufffd')),
        },
      ],
    }
  }
  const at = positionOf(error.cause)
  const finding: ConfigFinding = {
    id: at === undefined ? 'config.not-object' : 'config.not-json5',
    severity: 'error',
    title: at === undefined ? 'The file is not an object' : 'The file is not JSON5',
    evidence: (error.detail ?? error.message).replace(/^razroom\.json:? /, ''),
    hint: 'Correct it at this place, or go back to an earlier version.',
    at: 0,
  }
  if (at === undefined) return { text, findings: [finding] }
  const position = textPlaces(text).at(at)
  const evidence = `${finding.evidence}${missingComma(text, position)}`
  return { text, findings: [{ ...finding, evidence, at: position }] }
}

/** How far back the value is looked for that lacks its comma. */
const LOOK_BACK = 2000

/** What a key or a value at the place suggests when another value ends right before it; empty for all else. */
function missingComma(text: string, position: number): string {
  const before = text
    .slice(Math.max(0, position - LOOK_BACK), position)
    .replace(/\s\/\/[^\n"']*\n\s*$/, '')
    .trimEnd()
  const isNext = /^["'{[\w$-]/.test(text.slice(position, position + 1))
  if (!isNext || !/(?:["'}\]]|[:,[\s](?:true|false|null|-?\d[\d.]*))$/.test(before)) return ''
  const end = text.slice(0, position).lastIndexOf(before) + before.length - 1
  return `; a comma may be missing before it (line ${textPlaces(text).of(end).line})`
}

/** json5 tells where it stopped; the column of an unexpected end can lie behind the text. */
function positionOf(cause: unknown): { line: number; column: number } | undefined {
  if (!(cause instanceof SyntaxError)) return undefined
  const { lineNumber, columnNumber } = cause as { lineNumber?: unknown; columnNumber?: unknown }
  return typeof lineNumber === 'number' && typeof columnNumber === 'number'
    ? { line: lineNumber, column: columnNumber }
    : { line: 1, column: 1 }
}

function checkBytes(text: string): ConfigFinding[] {
  const at = text.indexOf('\0')
  if (at === -1) return []
  return [
    {
      id: 'config.nul',
      severity: 'warning',
      title: 'There is a NUL byte in the file',
      evidence: 'most programs take it for the end of a text',
      hint: 'Remove it.',
      at,
    },
  ]
}

function checkTwice(node: Node, places: TextPlaces): ConfigFinding[] {
  if (node.kind === 'array') return node.items.flatMap((item) => checkTwice(item, places))
  if (node.kind !== 'object') return []
  const last = new Map(node.members.map(({ key, start }) => [key, start]))
  return node.members.flatMap(({ key, start, value }): ConfigFinding[] => {
    const below = checkTwice(value, places)
    const counts = last.get(key) ?? start
    if (counts === start) return below
    const twice: ConfigFinding = {
      id: 'config.twice',
      severity: 'warning',
      title: 'Set again further down',
      evidence: `the same name stands on line ${places.of(counts).line} once more; the last one counts`,
      hint: 'Remove one of the two.',
      at: start,
    }
    return [twice, ...below]
  })
}

type Mend = NonNullable<ConfigFinding['mend']>

function applyMend(text: string, mend: Mend): string {
  if (mend.kind === 'new') return minimalConfig()
  if (mend.kind === 'add') return addConfigItem(text, mend.path, mend.value)
  return setConfigValue(text, mend.path, mend.value)
}

/** The line of the mended text that has the place. */
function preview(mended: string, mend: Mend): { preview?: string } {
  const path = mend.kind === 'new' ? ['gateway', 'mode'] : mend.path
  let node = scanJson5(mended)
  let at = node.start
  for (const key of path) {
    const member = node.kind === 'object' ? node.members.findLast((one) => one.key === key) : undefined
    if (!member) return {}
    at = member.start
    node = member.value
  }
  if (node.kind === 'array') at = node.items.at(-1)?.start ?? at
  const line = maskConfigText(mended).split('\n')[textPlaces(mended).of(at).line - 1]
  return line === undefined ? {} : { preview: line.trim() }
}
