/**
 * What is wrong with variables whose meaning is known: the token, those the panel owns, keys of providers, channels.
 * Source: docs/facts/razroom-gateway.md. No finding tells a value. Imports nothing of Node.
 */
import { isEnvKey, isSecretVariable } from '../../contract/rules.ts'
import { findKnownVariable } from './env-catalogue.ts'
import type { EnvContext } from './env-context.ts'
import type { LineFinding } from './env-line-checks.ts'
import { findMeantName } from './env-meant-name.ts'
import { readQuotes } from './env-value.ts'
import { findOwner, MIN_TOKEN_LENGTH, TOKEN_VARIABLE } from './variable-rules.ts'

/**
 * @param known the name that was meant, without `export` and the like
 * @param isEffective false when a later line sets the same again
 */
export function checkKnown(
  known: string,
  value: string,
  isEffective: boolean,
  context: EnvContext,
): LineFinding[] {
  const owner = checkOwner(known)
  if (owner.length > 0 || !isEffective) return owner
  if (known === TOKEN_VARIABLE) return checkToken(value)
  return [
    ...checkNearName(known, value, context),
    ...checkEmpty(known, value),
    ...checkParts(known, value, context),
  ]
}

function checkOwner(name: string): LineFinding[] {
  const reason = findOwner(name)
  if (reason === undefined) return []
  return [
    {
      id: 'env.panel-owned',
      severity: 'warning',
      title: 'The panel looks after this',
      evidence: `${name}: ${reason}`,
      hint: 'Remove the line; change the setting instead.',
    },
  ]
}

const NEW_TOKEN = 'Make a new one: sudo razroom-panel token rotate'

function checkToken(value: string): LineFinding[] {
  // Quotes have a finding of their own, and what mends them.
  const token = readQuotes(value)?.inner ?? value.trim()
  if (token.trim() === '') {
    return [
      {
        id: 'env.token-empty',
        severity: 'warning',
        title: 'The token is empty',
        evidence: 'without one in razroom.json the gateway does not start',
        hint: NEW_TOKEN,
      },
    ]
  }
  const findings: LineFinding[] = []
  if (token.length < MIN_TOKEN_LENGTH || new Set(token).size < 8) {
    findings.push({
      id: 'env.token-weak',
      severity: 'warning',
      title: 'The token is weak',
      evidence: `it should have ${MIN_TOKEN_LENGTH} characters or more, of at least 8 different ones`,
      hint: NEW_TOKEN,
    })
  }
  if (!/^[A-Za-z0-9!%*+,./:=?@[\]^_{}~-]*$/.test(token)) {
    findings.push({
      id: 'env.token-characters',
      severity: 'warning',
      title: 'Not every program would read the token alike',
      evidence: 'it has characters that a shell, dotenv or an HTTP header takes differently',
      hint: NEW_TOKEN,
    })
  }
  return findings
}

function checkNearName(name: string, value: string, context: EnvContext): LineFinding[] {
  const meant = findMeantName(name, value)
  if (meant === undefined) return []
  const service = findKnownVariable(meant)?.service ?? 'the gateway'
  const isThere = context.lastLineOf(meant) !== undefined
  return [
    {
      id: 'env.near-name',
      severity: isThere ? 'info' : 'warning',
      title: `The gateway does not know ${name}`,
      evidence: `it is near to ${meant} (${service})${isThere ? ', which is set too' : ''}`,
      hint: findKnownVariable(meant)?.hint ?? `Rename it to ${meant}, unless another program reads it.`,
    },
  ]
}

function checkEmpty(name: string, value: string): LineFinding[] {
  if (value.trim() !== '' || !isEnvKey(name) || !isSecretVariable(name, '')) return []
  return [
    {
      id: 'env.empty-secret',
      severity: 'info',
      title: 'A secret without a value',
      evidence: `${name} is set to nothing; the env block of razroom.json can’t set it either, as .env outranks it`,
      hint: 'Give it a value, or make the line a comment.',
    },
  ]
}

/** A channel that has some of its variables only. */
function checkParts(name: string, value: string, context: EnvContext): LineFinding[] {
  const variable = value.trim() === '' ? undefined : findKnownVariable(name)
  const missing = (variable?.goesWith ?? []).filter(
    (other) =>
      ![other, ...(findKnownVariable(other)?.alternatives ?? [])].some((choice) => context.isFilled(choice)),
  )
  if (variable === undefined || missing.length === 0) return []
  return [
    {
      id: 'env.incomplete',
      severity: 'info',
      title: `${variable.service} needs more`,
      evidence: `${name} does nothing without ${missing.join(' and ')}`,
      hint: 'Set the rest too, here or in razroom.json.',
    },
  ]
}
