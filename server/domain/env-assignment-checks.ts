/**
 * What is wrong with one assignment of `.env`: its name, its value. The rules are those of docs/facts/env-dialects.md; no
 * finding tells a value.
 */
import { isEnvKey } from '../../contract/rules.ts'
import type { Finding } from '../../contract/schemas.ts'
import { findOwner, MIN_TOKEN_LENGTH, TOKEN_VARIABLE } from './variable-rules.ts'

/** A finding that does not know its line yet. */
export type LineFinding = Omit<Finding, 'line'>

/**
 * @param key as podman takes it, @param known the name that was meant, @param value as podman reads it
 */
export function checkAssignment(key: string, known: string, value: string): LineFinding[] {
  return [
    ...checkKey(key, known),
    ...checkOwner(known),
    ...(known === TOKEN_VARIABLE ? checkToken(value) : []),
    ...checkValue(known, value),
  ]
}

function checkKey(key: string, known: string): LineFinding[] {
  if (key.startsWith('\ufeff')) {
    return [
      {
        id: 'env.bom',
        severity: 'warning',
        title: 'The file begins with a byte order mark',
        evidence: `to podman the mark is a part of the first name, so ${known} is not set`,
        hint: 'Save the file as UTF-8 without a mark.',
      },
    ]
  }
  if (/^export[ \t]/.test(key)) {
    return [
      {
        id: 'env.export',
        severity: 'warning',
        title: 'export is for shells',
        evidence: `podman sets a variable named "export ${known}", and not ${known}`,
        hint: 'Remove the word export.',
      },
    ]
  }
  if (key !== key.trim()) {
    return [
      {
        id: 'env.blank-before-equals',
        severity: 'warning',
        title: 'A blank before the =',
        evidence: `podman takes it for a part of the name, so ${known} is not set`,
        hint: 'Remove the blank.',
      },
    ]
  }
  if (isEnvKey(key)) return []
  const isRemark = /^[;/!-]/.test(key)
  return [
    {
      id: 'env.unusual-name',
      severity: isRemark ? 'warning' : 'info',
      title: isRemark ? 'Not a comment to podman' : 'An unusual name',
      evidence: isRemark
        ? 'only # begins a comment; podman sets a variable with this name'
        : 'podman passes it on, but other readers of the file ignore the line',
      hint: isRemark ? 'Put # in front.' : 'Use letters, digits and underscores.',
    },
  ]
}

function checkValue(key: string, value: string): LineFinding[] {
  const drafts: LineFinding[] = []
  const add = (id: string, severity: Finding['severity'], title: string, evidence: string, hint: string) =>
    drafts.push({ id, severity, title, evidence: `${key}: ${evidence}`, hint })
  const isQuoted = /^\s*["']/.test(value)
  if (isQuoted) {
    add('env.quotes', 'warning', 'Quotes stay in the value', 'podman keeps the quotes', 'Remove the quotes.')
  }
  if (/\s#/.test(value)) {
    add(
      'env.inline-comment',
      'warning',
      'The comment is a part of the value',
      'podman knows no comment behind a value',
      'Put the comment on a line of its own.',
    )
  } else if (!isQuoted && value !== value.trim()) {
    const hint = 'Remove the blanks around the value.'
    add('env.blanks', 'warning', 'Blanks around the value', 'podman keeps them, other readers do not', hint)
  }
  if (/\$\(|`/.test(value)) {
    add(
      'env.command',
      'warning',
      'A command that no one runs, or the wrong one does',
      'podman passes $(...) and backticks on as text; a script that sources the file would run them',
      'Write the value itself.',
    )
  }
  if (/\$\{[A-Za-z_]/.test(value)) {
    const hint = 'Write the value itself.'
    add('env.reference', 'warning', 'A reference that stays as it is', 'podman passes it on as text', hint)
  } else if (/\$[A-Za-z_]/.test(value)) {
    const hint = 'Write the value itself, if a variable was meant.'
    add('env.dollar', 'info', 'A dollar sign stays as it is', 'a shell would replace it by a variable', hint)
  }
  return drafts
}

function checkOwner(key: string): LineFinding[] {
  const reason = findOwner(key)
  if (reason === undefined) return []
  return [
    {
      id: 'env.panel-owned',
      severity: 'warning',
      title: 'The panel looks after this',
      evidence: `${key}: ${reason}`,
      hint: 'Remove the line; change the setting instead.',
    },
  ]
}

function checkToken(value: string): LineFinding[] {
  const token = value.trim()
  const hint = 'Make a new one: sudo razroom-panel token rotate'
  if (token === '') {
    return [
      {
        id: 'env.token-empty',
        severity: 'warning',
        title: 'The token is empty',
        evidence: 'without one in razroom.json the gateway does not start',
        hint,
      },
    ]
  }
  const isWeak = token.length < MIN_TOKEN_LENGTH || new Set(token).size < 8
  if (!isWeak) return []
  return [
    {
      id: 'env.token-weak',
      severity: 'warning',
      title: 'The token is weak',
      evidence: `it should have ${MIN_TOKEN_LENGTH} characters or more, of at least 8 different ones`,
      hint,
    },
  ]
}
