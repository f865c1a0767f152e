/** The checks of razroom.json that concern the token, or the password, of the gateway. */
import { isWeakToken } from '../../contract/rules.ts'
import { type ConfigFinding, type ConfigReading, isRecord, nearestPlace, valueAt } from './config-reading.ts'
import { effectiveToken, nonEmpty, PASSWORD_VARIABLE, referredVariables, TOKEN_VARIABLE } from './token.ts'

const TOKEN = ['gateway', 'auth', 'token']
const MODE = ['gateway', 'auth', 'mode']
const MODES: readonly unknown[] = ['token', 'password']

type Reading = ConfigReading & { readonly env: ReadonlyMap<string, string> }

/** What the gateway asks for, whether it is set, and whether `.env` says the same. */
export function checkAuth({ env, ...around }: ConfigReading): ConfigFinding[] {
  const { config } = around
  const sections = [['gateway'], ['gateway', 'auth']].map((path) => valueAt(config.raw, path))
  if (sections.some((section) => section !== undefined && !isRecord(section))) return []
  const type = checkType(around)
  if (type.length > 0 || !env) return type
  const reading: Reading = { ...around, env }
  if (isPasswordAsked(reading)) return checkPassword(reading)
  if (config.authMode !== undefined && config.authMode !== 'token') return [unknownMode(reading)]
  const reference = checkReference(reading)
  return reference.length > 0 ? reference : checkToken(reading)
}

function isPasswordAsked({ config, env }: Reading): boolean {
  if (config.authMode !== undefined) return config.authMode === 'password'
  return config.authPassword !== undefined || nonEmpty(env.get(PASSWORD_VARIABLE)) !== undefined
}

function checkType({ root, config }: Omit<ConfigReading, 'env'>): ConfigFinding[] {
  if (!config.isAuthTokenInvalid) return []
  return [
    {
      id: 'config.token-type',
      severity: 'error',
      title: 'gateway.auth.token is no text',
      evidence: 'the gateway refuses the file, and does not start',
      hint: 'Put the token in quotes, or remove it: then the one of .env counts.',
      at: nearestPlace(root, TOKEN),
    },
  ]
}

function checkPassword({ root, config, env }: Reading): ConfigFinding[] {
  const isSet = config.authPassword !== undefined || nonEmpty(env.get(PASSWORD_VARIABLE)) !== undefined
  const at = nearestPlace(root, config.authMode === undefined ? ['gateway', 'auth', 'password'] : MODE)
  if (!isSet) {
    return [
      {
        id: 'config.password-missing',
        severity: 'error',
        title: 'The gateway asks for a password, and there is none',
        evidence: `gateway.auth.mode is "password"; neither gateway.auth.password nor ${PASSWORD_VARIABLE} is set`,
        hint: 'Set gateway.auth.mode to "token".',
        at,
        mend: { label: 'Ask for the token', kind: 'set', path: MODE, value: 'token' },
      },
    ]
  }
  return [
    {
      id: 'config.password',
      severity: 'warning',
      title: 'The gateway asks for a password, not for the token',
      evidence: 'the token that the panel shows and rotates does not open it',
      hint: 'Set gateway.auth.mode to "token", unless the password is meant.',
      at,
    },
  ]
}

function unknownMode({ root }: Reading): ConfigFinding {
  return {
    id: 'config.auth-mode',
    severity: 'warning',
    title: 'gateway.auth.mode is one that the panel does not know',
    evidence: `the panel knows ${MODES.join(' and ')}; a gateway that does not know it either does not start`,
    hint: 'Set it to "token".',
    at: nearestPlace(root, MODE),
    mend: { label: 'Ask for the token', kind: 'set', path: MODE, value: 'token' },
  }
}

function checkReference({ root, config, env }: Reading): ConfigFinding[] {
  if (config.authTokenReference === undefined) return []
  const missing = referredVariables(config.authTokenReference).filter(
    (name) => nonEmpty(env.get(name)) === undefined,
  )
  if (missing.length === 0) return []
  return [
    {
      id: 'config.token-reference',
      severity: 'error',
      title: 'gateway.auth.token refers to a variable that is not set',
      evidence: `.env does not set ${missing.join(' and ')}`,
      hint: `Set ${missing.length === 1 ? 'it' : 'them'} in .env, or remove gateway.auth.token.`,
      at: nearestPlace(root, TOKEN),
    },
  ]
}

function checkToken({ root, config, env }: Reading): ConfigFinding[] {
  const found = effectiveToken(env, config)
  if (!found) {
    return [
      {
        id: 'config.auth-missing',
        severity: 'error',
        title: 'The gateway has no token',
        evidence: `neither gateway.auth.token nor ${TOKEN_VARIABLE} in .env is set; it does not start without`,
        hint: `Set ${TOKEN_VARIABLE} in .env, or let the panel make one: rotate the token.`,
        at: nearestPlace(root, TOKEN),
      },
    ]
  }
  if (found.source !== 'config') return []
  const at = nearestPlace(root, TOKEN)
  const findings: ConfigFinding[] = []
  if (isWeakToken(found.token)) {
    findings.push({
      id: 'config.token-weak',
      severity: 'warning',
      title: 'The token is weak',
      evidence: 'gateway.auth.token is short, or has few different characters',
      hint: 'Rotate the token: a new one is made of 256 random bits.',
      at,
    })
  }
  if (!found.sourcesAgree) {
    findings.push({
      id: 'config.token-differs',
      severity: 'warning',
      title: 'The token here is not the one of .env',
      evidence: `the gateway checks gateway.auth.token; programs inside it take ${TOKEN_VARIABLE}`,
      hint: 'Reconcile the two where the panel shows the token.',
      at,
    })
  }
  return findings
}
