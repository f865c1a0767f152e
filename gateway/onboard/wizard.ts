import { loadConfig } from '../config-file.ts'
import { FatalError } from '../fatal-error.ts'
import { DEFAULT_PORT } from '../gateway-plan.ts'
import { type Environment, nonEmpty, type StatePaths, shortenHome } from '../state-paths.ts'
import { BUNDLED_NOTICE } from '../version.ts'
import { applyAnswers, type OnboardAnswers } from './answers.ts'
import type { Prompter } from './prompter.ts'
import { providers } from './providers.ts'

/**
 * The interactive wizard: risk, QuickStart or Manual, what to do with a present configuration, gateway, provider
 * with key, model, channels. Nothing is written before the last answer.
 * @throws {FatalError} declined or cancelled, or the present configuration is invalid
 */
export async function runWizard(paths: StatePaths, env: Environment, ask: Prompter): Promise<void> {
  const file = shortenHome(paths.configPath, paths.home)
  ask.note(`Razroom onboarding\n\n${BUNDLED_NOTICE.join('\n')}\n`)
  ask.note(
    'Security: an agent behind this gateway can read files and run commands when tools are enabled,\n' +
      'and a bad prompt can trick it into unsafe things. Keep the token secret and the port on loopback.\n',
  )
  if (!(await ask.confirm('I understand this is powerful and inherently risky. Continue?', false))) {
    throw new FatalError(['Setup cancelled.'])
  }
  const flow = await ask.choose('Onboarding mode', [
    { id: 'quickstart', label: 'QuickStart (details can be changed later)' },
    { id: 'manual', label: 'Manual (port, bind, auth, workspace)' },
  ])
  const handling = await askHandling(paths, ask)
  const gateway = flow === 'manual' && handling !== 'keep' ? await askGateway(paths, ask, handling) : {}
  const model = handling === 'keep' ? {} : await askModel(env, ask)
  if (await ask.confirm('Configure chat channels now?', false)) {
    ask.note('Channels need the real gateway; the bundled one has none. Skipped.')
  }
  const result = applyAnswers(paths, { reset: handling === 'reset', ...gateway, ...model })
  ask.note(
    `\nUpdated ${file}\nWorkspace OK: ${shortenHome(result.workspace, paths.home)}\n` +
      `Gateway: port ${result.gateway.port}, bind ${result.gateway.bind}, auth ${result.gateway.authMode} ` +
      `(kept in gateway.auth of ${file}).\n` +
      'From now on the gateway checks that one; RAZROOM_GATEWAY_TOKEN of .env no longer opens it.\n' +
      'Onboarding complete.',
  )
}

async function askHandling(paths: StatePaths, ask: Prompter): Promise<'keep' | 'update' | 'reset'> {
  const { exists, config } = loadConfig(paths)
  if (!exists) return 'update'
  const { mode = 'unset', bind = 'unset', port = DEFAULT_PORT } = config.gateway ?? {}
  ask.note(`Existing config detected: gateway.mode ${mode}, bind ${bind}, port ${port}`)
  return ask.choose('Config handling', [
    { id: 'keep', label: 'Use existing values' },
    { id: 'update', label: 'Update values' },
    { id: 'reset', label: 'Reset' },
  ])
}

async function askGateway(
  paths: StatePaths,
  ask: Prompter,
  handling: 'update' | 'reset',
): Promise<Partial<OnboardAnswers>> {
  const present = handling === 'reset' ? undefined : loadConfig(paths).config.gateway
  const port = await ask.text('Gateway port', String(present?.port ?? DEFAULT_PORT), (answer) =>
    /^\d{1,5}$/.test(answer) && Number(answer) >= 1 && Number(answer) <= 65_535
      ? undefined
      : 'A port is a number from 1 to 65535.',
  )
  const bind = await ask.choose('Gateway bind', [
    { id: 'loopback', label: 'Loopback (127.0.0.1)' },
    { id: 'lan', label: 'LAN (0.0.0.0; needed behind a published port)' },
  ])
  const authMode = await ask.choose('Gateway auth', [
    { id: 'token', label: 'Token' },
    { id: 'password', label: 'Password' },
  ])
  const isPassword = authMode === 'password'
  let secret = await ask.secret(isPassword ? 'Gateway password' : 'Gateway token (blank to generate)')
  while (isPassword && secret === '' && !present?.auth?.password)
    secret = await ask.secret('Gateway password')
  const workspace = await ask.text('Workspace directory', paths.workspaceDir, (answer) =>
    answer.startsWith('/') ? undefined : 'Please give an absolute path.',
  )
  return { port: Number(port), bind, authMode, secret: nonEmpty(secret), workspace }
}

async function askModel(env: Environment, ask: Prompter): Promise<Partial<OnboardAnswers>> {
  const options = [
    ...providers.map(({ id, label }) => ({ id, label })),
    { id: 'skip', label: 'Skip for now' },
  ]
  const choice = await ask.choose('Model/auth provider', options)
  const provider = providers.find(({ id }) => id === choice)
  if (!provider) return {}
  const isInEnvironment = nonEmpty(env[provider.envKey]) !== undefined
  const keepsEnvironment =
    isInEnvironment && (await ask.confirm(`${provider.envKey} is set in the environment. Use it?`, true))
  const key = keepsEnvironment ? '' : await ask.secret(`${provider.label} API key (blank to skip)`)
  const model = await ask.text('Default model, as provider/model (blank to skip)', '', (answer) =>
    answer === '' || /^[\w.-]+\/[\w.:/-]+$/.test(answer) ? undefined : 'Write it as provider/model.',
  )
  return { provider: key ? { provider, key } : undefined, model: nonEmpty(model) }
}
