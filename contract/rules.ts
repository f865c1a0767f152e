/**
 * Checks that browser, CLI and server share. No dependency, no regular expression that can run away.
 */

/** The TCP port the panel's page is served on unless told otherwise. */
export const DEFAULT_PANEL_PORT = 18780
/** Host ports of the gateway and its bridge unless told otherwise (docs/facts/razroom-gateway.md). */
export const DEFAULT_GATEWAY_PORT = 18789
export const DEFAULT_BRIDGE_PORT = 18790
/** Ports below 1024 need privileges a rootless container does not have (capabilities(7), CAP_NET_BIND_SERVICE). */
export const MIN_ROOTLESS_PORT = 1024
export const MAX_PORT = 65535
/** A line of an env file above this size makes podman exit 125 (docs/facts/env-dialects.md). */
export const MAX_ENV_LINE_BYTES = 65_535
/** The whole `.env` as the panel is willing to edit it, in bytes. */
export const MAX_ENV_FILE_BYTES = 1_048_576

/** True for a host port that a rootless container may publish. */
export function isPublishablePort(port: number): boolean {
  return Number.isInteger(port) && port >= MIN_ROOTLESS_PORT && port <= MAX_PORT
}

/** True for a name every reader of an env file accepts: POSIX.1-2017, 8.1 (letters, digits, underscore). */
export function isEnvKey(key: string): boolean {
  return key.length > 0 && key.length <= 256 && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)
}

/** True for an absolute path without NUL, control characters or `..` parts, below PATH_MAX (4096 bytes, limits.h). */
export function isAbsolutePath(path: string): boolean {
  return (
    path.startsWith('/') &&
    path.length < 4096 &&
    !/[\x00-\x1f\x7f]/.test(path) &&
    !path.split('/').includes('..')
  )
}

/** True for an IPv4 or IPv6 literal a port may be published on. */
export function isIpAddress(address: string): boolean {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)
  if (v4) return v4.slice(1).every((part) => Number(part) <= 255 && String(Number(part)) === part)
  return address.length <= 45 && address.includes(':') && /^[0-9a-fA-F:.]+$/.test(address)
}

const SECRET_WORD =
  /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API[_-]?KEY|ACCESS[_-]?KEY|PRIVATE|CREDENTIAL|COOKIE|DSN|WEBHOOK|NICKSERV|SERVICE_ACCOUNT|AUTH|[_-]KEY$|^KEY$|_PASS$|[_-]PWD$|[_-]PW$|_PAT$|_SID$)/i

/** How the keys of well-known services begin. */
const SECRET_PREFIX =
  /^(sk|pk|gsk|xai|csk|nvapi|pplx|hf|r8|ghp|gho|ghs|github_pat|glpat|xox[a-z]|tvly|fc)[-_]./i

/**
 * True when the value of this variable must be masked: its name says so, or the value itself looks like a
 * credential (a URL with user info, the prefix of a service's keys, or an unbroken run of 20 or more characters with letters and digits).
 */
export function isSecretVariable(key: string, value: string): boolean {
  if (SECRET_WORD.test(key)) return true
  if (SECRET_PREFIX.test(value)) return true
  if (/[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s@]{0,512}@/i.test(value)) return true
  return /^[A-Za-z0-9_\-+/=.]{20,}$/.test(value) && /[A-Za-z]/.test(value) && /\d/.test(value)
}

/** Shorter tokens can be guessed by a program that tries. */
export const MIN_TOKEN_LENGTH = 24
export const MAX_TOKEN_LENGTH = 512
/** Different characters that a token has at least, so that a key held down is none. */
export const MIN_TOKEN_CHARACTERS = 8

/**
 * Why a person's own token can't be the gateway's, as the end of a sentence that begins with "it"; null when it can.
 * Its characters are those of a Bearer token (RFC 6750, 2.1), which every reader of `.env` reads alike
 * (docs/facts/env-dialects.md), but for a `~` at the beginning, which a shell takes for a home directory.
 */
export function tokenProblem(token: string): string | null {
  if (token === '') return 'is empty'
  if (/\s/.test(token)) return 'has a blank or a line break'
  if (!/^[A-Za-z0-9._~+/=-]*$/.test(token))
    return 'has a character other than letters, digits and . _ ~ + / = -'
  if (token.startsWith('~')) return 'begins with ~, which a shell takes for a home directory'
  if (token.length < MIN_TOKEN_LENGTH)
    return `has ${token.length} of the ${MIN_TOKEN_LENGTH} characters that it needs`
  if (token.length > MAX_TOKEN_LENGTH) return `has more than ${MAX_TOKEN_LENGTH} characters`
  return hasFewCharacters(token) ? `has fewer than ${MIN_TOKEN_CHARACTERS} different characters` : null
}

/** True for a token that a program which tries can guess. */
export function isWeakToken(token: string): boolean {
  return token.length < MIN_TOKEN_LENGTH || hasFewCharacters(token)
}

function hasFewCharacters(token: string): boolean {
  return new Set(token).size < MIN_TOKEN_CHARACTERS
}
