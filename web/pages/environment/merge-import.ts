/** Imported variables beside those of the file and of the draft, and the draft that takes them in. */

import type { EnvDocument } from '../../../contract/env.ts'
import { isEnvKey, MAX_ENV_LINE_BYTES } from '../../../contract/rules.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { parseEnvFile } from '../../../server/domain/env-file.ts'
import { checkEnv } from '../../../server/domain/env-findings.ts'
import { findDanger } from '../../../server/domain/variable-rules.ts'
import { entryText, maskLine } from './difference.ts'
import { addVariable, changeAdded, type EnvDraft, setValue } from './env-draft.ts'
import type { ImportedVariable } from './read-import.ts'

/** `unsure`: a secret of the same length is there, and only the panel knows whether it is the same. */
export type ImportState = 'new' | 'same' | 'changed' | 'unsure'

export interface ImportItem extends ImportedVariable {
  readonly state: ImportState
  /** The line there is, and the line to come; secrets masked. */
  readonly mine: string | null
  readonly theirs: string
  /** Why it can't be taken as it is. */
  readonly refusal: string | undefined
  /** It is what opens the gateway: taken only when somebody asks for it. */
  readonly isGatewaySecret: boolean
  readonly findings: readonly Finding[]
}

const GATEWAY_SECRETS: ReadonlySet<string> = new Set(['RAZROOM_GATEWAY_TOKEN', 'RAZROOM_GATEWAY_PASSWORD'])

const encoder = new TextEncoder()

/** The imported variables, each with what is there now. */
export function compareImport(
  variables: readonly ImportedVariable[],
  document: EnvDocument,
  draft: EnvDraft,
): ImportItem[] {
  return variables.map((variable) => {
    const { key, value } = variable
    const text = `${key}=${value}`
    return {
      ...variable,
      ...stateOf(key, value, document, draft),
      theirs: maskLine(text),
      refusal: refusalOf(key, text),
      isGatewaySecret: GATEWAY_SECRETS.has(key),
      findings: checkEnv(parseEnvFile(encoder.encode(text))).map(({ line: _line, ...finding }) => finding),
    }
  })
}

/** The draft with the variables in it: new values where the file has their names, else new variables. */
export function takeImport(
  draft: EnvDraft,
  document: EnvDocument,
  variables: readonly { readonly key: string; readonly value: string }[],
): EnvDraft {
  return variables.reduce((next, { key, value }) => {
    const added = next.added.find((variable) => variable.key === key)
    if (added) return changeAdded(next, added.id, { value })
    const entry = document.entries.findLast((other) => other.key === key)
    return entry ? setValue(next, entry, value) : addVariable(next, key, value)
  }, draft)
}

function stateOf(
  key: string,
  value: string,
  document: EnvDocument,
  draft: EnvDraft,
): { state: ImportState; mine: string | null } {
  const added = draft.added.find((variable) => variable.key === key)
  const entry = document.entries.findLast((other) => other.key === key && !draft.removed.has(other.line))
  const typed = added?.value ?? (entry && draft.values.get(entry.line))
  if (typed !== undefined) {
    return { state: typed === value ? 'same' : 'changed', mine: maskLine(`${key}=${typed}`) }
  }
  if (!entry) return { state: 'new', mine: null }
  const mine = entryText(entry)
  if (!entry.masked) return { state: entry.value === value ? 'same' : 'changed', mine }
  return { state: entry.length === [...value].length ? 'unsure' : 'changed', mine }
}

function refusalOf(key: string, text: string): string | undefined {
  const danger = findDanger(key)
  if (danger) return `Refused: ${danger.reason}.`
  if (!isEnvKey(key))
    return 'The name takes letters, digits and underscores, and does not begin with a digit.'
  if (/[\r\0]/.test(text)) return 'A value is one line of text.'
  return encoder.encode(text).length > MAX_ENV_LINE_BYTES
    ? `A line has ${MAX_ENV_LINE_BYTES.toLocaleString('en')} bytes at most.`
    : undefined
}
