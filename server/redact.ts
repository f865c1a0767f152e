/** Takes secrets out of text that leaves the panel: output of programs, error details, command lines. */
import { isSecretVariable } from '../contract/rules.ts'

/** What stands where a secret was. */
export const MASK = '***'
/** Shorter values occur by chance in ordinary text; masking them would make output unreadable. */
const MIN_SECRET_LENGTH = 8

/** Returns the text with its secrets masked. */
export type Redactor = (text: string) => string

/**
 * Makes a redactor.
 *
 * @param secrets the values known at the time of each call, for example the gateway's token; those below
 *   8 characters are left out. Their URL-encoded and JSON-escaped forms are masked too.
 * @returns a function that masks those values, `NAME=value` and `"name": "value"` where the name is one of a secret
 *   ({@link isSecretVariable}), `Bearer ...`, user info in URLs, and `token=` or `code=` in a URL's query or fragment.
 */
export function createRedactor(secrets: () => Iterable<string>): Redactor {
  return (text) => maskPatterns(maskValues(text, secrets()))
}

function maskValues(text: string, secrets: Iterable<string>): string {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue
    forms.add(secret)
    // A lone surrogate has no UTF-8, and encodeURIComponent throws at it.
    forms.add(encodeURIComponent(secret.toWellFormed()))
    forms.add(JSON.stringify(secret).slice(1, -1))
  }
  // Longest first: a secret may contain another one.
  const ordered = [...forms].sort((a, b) => b.length - a.length)
  return ordered.reduce((masked, form) => masked.replaceAll(form, MASK), text)
}

// Every repetition below is bounded or stops at the first character of another class: no input makes them slow.
const ASSIGNMENT = /(?<![A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]{0,127})=("[^"\n]*"|'[^'\n]*'|[^\s"'&;,]+)/g
const JSON_MEMBER = /(["'])([A-Za-z_][A-Za-z0-9_-]{0,127})\1(\s{0,8}:\s{0,8})(["'])([^"'\n]*)\4/g
const BEARER = /\b(Bearer)\s{1,8}[A-Za-z0-9._~+/=-]+/gi
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]+@/gi
const URL_SECRET = /([#?&](?:token|code|access_token|api_key|key|secret|password)=)[^&#\s"'<>]+/gi

function maskPatterns(text: string): string {
  return text
    .replace(USER_INFO, `$1${MASK}@`)
    .replace(URL_SECRET, `$1${MASK}`)
    .replace(BEARER, `$1 ${MASK}`)
    .replace(ASSIGNMENT, (whole, name: string) => (isSecretVariable(name, '') ? `${name}=${MASK}` : whole))
    .replace(JSON_MEMBER, (whole, quote: string, name: string, colon: string) =>
      isSecretVariable(name, '') ? `${quote}${name}${quote}${colon}${quote}${MASK}${quote}` : whole,
    )
}
