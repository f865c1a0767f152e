/**
 * Keys and tokens in sentences of the gateway and of what it talks to, whole or in part: `models status` shows 16
 * characters of a key (docs/facts/razroom-gateway.md), and providers repeat a part of a wrong one in their refusal.
 */

const MASK = '***'

/** The prefix of a well-known service, and whatever of the key follows, its gap included. */
const PREFIXED =
  /\b(?:sk|pk|rk|gsk|xai|csk|nvapi|pplx|hf|r8|ghp|gho|ghs|github_pat|glpat|xox[a-z]|xapp|tvly|fc)[-_][A-Za-z0-9_.…*-]{4,512}/g
const GOOGLE = /\bAIza[A-Za-z0-9_.…*-]{4,512}/g
/** In an address of Telegram's interface, and alone. */
const TELEGRAM = /\b(?:bot)?\d{6,12}:[A-Za-z0-9_-]{8,512}/g
/** The two ends of something with its middle left out. */
const SHORTENED = /[A-Za-z0-9_-]{4,64}(?:\.{3}|…|\*{3,64})[A-Za-z0-9_-]{2,64}/g
/** Header, body and signature of a signed token. */
const SIGNED = /\beyJ[A-Za-z0-9_-]{4,4096}(?:\.[A-Za-z0-9_-]{1,4096}){0,2}/g
/** Unbroken, and mixed as no word is. */
const LONG_RUN = /[A-Za-z0-9_+=-]{20,4096}/g

/** @param text one line of prose, for example the last error of a channel */
export function maskKeys(text: string): string {
  return text
    .replace(PREFIXED, MASK)
    .replace(GOOGLE, MASK)
    .replace(TELEGRAM, MASK)
    .replace(SIGNED, MASK)
    .replace(SHORTENED, MASK)
    .replace(LONG_RUN, (run) => (isMixed(run) ? MASK : run))
}

function isMixed(run: string): boolean {
  const hasAllKinds = /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run)
  return hasAllKinds || /^[0-9a-f]{32,}$/i.test(run)
}
