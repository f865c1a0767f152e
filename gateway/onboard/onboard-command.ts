import { toJson, usageError } from '../cli-context.ts'
import { FatalError } from '../fatal-error.ts'
import { resolvePort } from '../gateway-plan.ts'
import type { StatePaths } from '../state-paths.ts'
import { applyAnswers, type OnboardAnswers } from './answers.ts'
import { findProviderByChoice, type Provider, providers } from './providers.ts'

/** The flags of `onboard`, as parsed. */
export type OnboardFlags = Readonly<Record<string, string | boolean | undefined>>

const plainFlags = {
  'non-interactive': { type: 'boolean' },
  'accept-risk': { type: 'boolean' },
  reset: { type: 'boolean' },
  json: { type: 'boolean' },
  'skip-channels': { type: 'boolean' },
  'skip-skills': { type: 'boolean' },
  'skip-health': { type: 'boolean' },
  'skip-ui': { type: 'boolean' },
  'no-install-daemon': { type: 'boolean' },
  'install-daemon': { type: 'boolean' },
  mode: { type: 'string' },
  flow: { type: 'string' },
  workspace: { type: 'string' },
  'auth-choice': { type: 'string' },
  'gateway-port': { type: 'string' },
  'gateway-bind': { type: 'string' },
  'gateway-auth': { type: 'string' },
  'gateway-token': { type: 'string' },
  'gateway-password': { type: 'string' },
} as const

/** What `onboard` takes; each provider has its `--ID-api-key`. Source: docs/facts/razroom-gateway.md, "The wizard". */
export const onboardOptions: Record<string, { type: 'string' | 'boolean' }> = {
  ...plainFlags,
  ...Object.fromEntries(providers.map(({ id }) => [`${id}-api-key`, { type: 'string' as const }])),
}

/**
 * `onboard --non-interactive`: does what the flags say, without a terminal.
 * @returns what is printed: one JSON document, or a line for people
 * @throws {FatalError} risk not accepted, unknown value, present configuration invalid
 */
export function onboardByFlags(paths: StatePaths, flags: OnboardFlags): string {
  if (!flags['accept-risk']) {
    throw new FatalError([
      'Non-interactive onboarding requires explicit risk acknowledgement.\n' +
        'Re-run with: razroom onboard --non-interactive --accept-risk ...',
    ])
  }
  if (oneOf(flags, 'mode', ['local', 'remote']) === 'remote') {
    throw usageError('the bundled gateway can only be set up with --mode local')
  }
  const result = applyAnswers(paths, readAnswers(flags))
  const report = {
    ...result,
    installDaemon: false,
    skipSkills: Boolean(flags['skip-skills']),
    skipHealth: Boolean(flags['skip-health']),
  }
  return flags.json ? toJson(report) : `Updated ${paths.configPath} (port ${result.gateway.port})\n`
}

function readAnswers(flags: OnboardFlags): OnboardAnswers {
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const port = text('gateway-port')
  const authMode = oneOf(flags, 'gateway-auth', ['token', 'password'])
  const workspace = text('workspace')
  if (workspace !== undefined && !workspace.startsWith('/'))
    throw usageError('--workspace must be an absolute path')
  return {
    reset: Boolean(flags.reset),
    port: port === undefined ? undefined : resolvePort(port, {}, {}),
    bind: oneOf(flags, 'gateway-bind', ['lan', 'loopback']),
    authMode,
    secret: text(authMode === 'password' ? 'gateway-password' : 'gateway-token') || undefined,
    workspace,
    provider: readProvider(text('auth-choice') ?? 'skip', text),
  }
}

function readProvider(
  choice: string,
  text: (name: string) => string | undefined,
): { provider: Provider; key: string } | undefined {
  if (choice === 'skip') return undefined
  const provider = findProviderByChoice(choice)
  if (!provider) throw usageError(`unknown --auth-choice "${choice}" (use skip or PROVIDER-api-key)`)
  const key = text(choice)
  if (!key) throw usageError(`--auth-choice ${choice} needs --${choice}`)
  return { provider, key }
}

function oneOf<T extends string>(flags: OnboardFlags, name: string, allowed: readonly T[]): T | undefined {
  const value = flags[name]
  if (value === undefined) return undefined
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw usageError(`--${name} must be one of: ${allowed.join(', ')}`)
  return found
}
