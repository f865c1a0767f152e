/**
 * What is wrong with one assignment of `.env`: how its name and its value are written. The rules are those of
 * docs/facts/env-dialects.md; no finding tells a value. Imports nothing of Node.
 */
import { isEnvKey } from '../../contract/rules.ts'
import type { LineFinding } from './env-line-checks.ts'
import { type QuotedValue, readInlineComment, readQuotes, unquote } from './env-value.ts'

/** The name as podman takes it, the one that was meant, and what is told of that. */
export function checkKey(key: string, known: string, shown: string): LineFinding[] {
  const bare = key.replace(/^\ufeff+/, '')
  const findings: LineFinding[] = []
  const isExport = /^export\s/.test(bare)
  if (isExport) {
    findings.push({
      id: 'env.export',
      severity: 'warning',
      title: 'export is for shells',
      evidence: `podman sets a variable named "export ${shown}", and not ${shown}`,
      hint: 'Remove the word export.',
    })
  }
  if (bare !== bare.trimEnd()) {
    findings.push({
      id: 'env.blank-before-equals',
      severity: 'warning',
      title: 'A blank before the =',
      evidence: `podman takes it for a part of the name, so ${shown} is not set`,
      hint: 'Remove the blank.',
    })
  }
  if (isEnvKey(isExport ? known : bare.trimEnd())) return findings
  return [...findings, /^[;/!-]/.test(bare) ? REMARK : UNUSUAL_NAME]
}

const REMARK: LineFinding = {
  id: 'env.remark',
  severity: 'warning',
  title: 'Not a comment to podman',
  evidence: 'only # begins a comment; podman sets a variable with this name',
  hint: 'Put # in front.',
}

const UNUSUAL_NAME: LineFinding = {
  id: 'env.unusual-name',
  severity: 'info',
  title: 'An unusual name',
  evidence: 'podman passes it on, but other readers of the file ignore the line',
  hint: 'Use letters, digits and underscores.',
}

/**
 * @param name for people, @param value as podman reads it
 * @param lastLine of the value, where it goes on over several lines for readers that know such values
 */
export function checkValue(name: string, value: string, lastLine: number | undefined): LineFinding[] {
  const quoted = readQuotes(value)
  const findings = [
    ...(quoted === undefined ? [] : [checkQuotes(quoted, lastLine)]),
    ...checkBlanks(value, quoted !== undefined),
    // In single quotes a shell replaces nothing.
    ...(quoted?.quote === "'" && quoted.inner !== undefined ? [] : checkExpansions(value)),
  ]
  const all = findings.length === 0 ? checkReaders(value) : findings
  return all.map((finding) => ({ ...finding, evidence: `${name}: ${finding.evidence}` }))
}

function checkQuotes(quoted: QuotedValue, lastLine: number | undefined): LineFinding {
  if (lastLine !== undefined) {
    return {
      id: 'env.multiline',
      severity: 'warning',
      title: 'A value over several lines',
      evidence: `podman reads this line only, with its quote; other readers go on to line ${lastLine}`,
      hint: 'Write it on one line, or put it into a file in the config directory.',
    }
  }
  return {
    id: 'env.quotes',
    severity: 'warning',
    title: 'Quotes stay in the value',
    evidence: 'podman keeps the quotes',
    hint:
      unquote(quoted) === undefined
        ? 'Write the value without quotes; readers disagree about what it is with them.'
        : 'Remove the quotes.',
  }
}

function checkBlanks(value: string, isQuoted: boolean): LineFinding[] {
  if (readInlineComment(value) !== undefined) {
    return [
      {
        id: 'env.inline-comment',
        severity: 'warning',
        title: 'The comment is a part of the value',
        evidence: 'podman knows no comment behind a value',
        hint: 'Put the comment on a line of its own.',
      },
    ]
  }
  if (isQuoted || value === value.trim()) return []
  return [
    {
      id: 'env.blanks',
      severity: 'warning',
      title: 'Blanks around the value',
      evidence: 'podman keeps them, other readers do not',
      hint: 'Remove the blanks around the value.',
    },
  ]
}

function checkExpansions(value: string): LineFinding[] {
  const findings: LineFinding[] = []
  if (/\$\(|`/.test(value)) {
    findings.push({
      id: 'env.command',
      severity: 'warning',
      title: 'A command that no one runs, or the wrong one does',
      evidence:
        'podman passes $(...) and backticks on as text; a script that sources the file would run them',
      hint: 'Write the value itself.',
    })
  }
  if (/\$\{[A-Za-z_]/.test(value)) {
    findings.push({
      id: 'env.reference',
      severity: 'warning',
      title: 'A reference that stays as it is',
      evidence: 'podman passes it on as text',
      hint: 'Write the value itself.',
    })
  } else if (/\$[A-Za-z_]/.test(value)) {
    findings.push({
      id: 'env.dollar',
      severity: 'info',
      title: 'A dollar sign stays as it is',
      evidence: 'a shell would replace it by a variable',
      hint: 'Write the value itself, if a variable was meant.',
    })
  }
  return findings
}

/** What is left of "Where all agree" in docs/facts/env-dialects.md: the gateway gets podman's reading in each case. */
function checkReaders(value: string): LineFinding[] {
  const isCut = /[#\u2028\u2029]/.test(value)
  if (!isCut && !/[ \t"'\\&;|<>()]|(^|:)~/.test(value)) return []
  return [
    {
      id: 'env.readers-differ',
      severity: 'info',
      title: 'Another reader would read it differently',
      evidence: isCut
        ? 'podman passes all of it on, and that counts; dotenv, inside the gateway, would cut it'
        : 'podman passes it on as it is, and that counts; a shell that sources the file would not',
      hint: 'Nothing has to be done, unless another program reads the file.',
    },
  ]
}
