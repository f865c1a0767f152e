import { setTimeout as sleep } from 'node:timers/promises'
import { applyEnvEdits } from '../domain/env-edits.ts'
import { readEnv, renderEnvFile } from '../domain/env-file.ts'
import { gatewayAddress } from '../domain/gateway-address.ts'
import { setConfigValue } from '../domain/razroom-config.ts'
import { effectiveToken, generateToken, TOKEN_VARIABLE } from '../domain/token.ts'
import { HostError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { publishedAt } from './gateway-container.ts'
import { readConfigFile, readEnvFile, requireUser } from './gateway-files.ts'
import type { OperationPlan, Step, StepContext } from './runner.ts'
import { bringUpSteps } from './start-gateway.ts'

const PROOF_TRIES = 20
const PROOF_PAUSE_MS = 250

interface Rotation {
  readonly oldToken: string | null
  readonly newToken: string
  wasRunning: boolean
}

/**
 * Writes a new token where the old one is, recreates the container, and proves it: the old one is refused, the new
 * one accepted. razroom.json is touched only where it has a token already: a new one there would outrank `.env`.
 * @param remember is told the new token before it is written, so that it is masked everywhere from then on
 */
export function rotateToken(host: Host, remember: (secret: string) => void): OperationPlan {
  let rotation: Rotation | null = null
  const whenRunning = (step: Step): Step => ({
    ...step,
    run: async (context) => {
      if (rotation?.wasRunning) return step.run(context)
      context.found('the gateway does not run; the new token counts from its next start')
    },
  })
  return {
    kind: 'rotate-token',
    steps: [
      {
        id: 'write-token',
        title: 'Write the new token',
        run: async (context) => {
          rotation = await writeToken(host, context, remember)
        },
      },
      ...bringUpSteps(host, { force: true }).map(whenRunning),
      whenRunning({
        id: 'prove-token',
        title: 'Prove it at the gateway',
        run: async (context) => {
          if (rotation) await proveToken(host, rotation, context)
        },
      }),
    ],
  }
}

async function writeToken(
  host: Host,
  context: StepContext,
  remember: (secret: string) => void,
): Promise<Rotation> {
  const { user, paths } = await requireUser(host)
  const { settings } = await host.readState()
  const [env, config, container] = await Promise.all([
    readEnvFile(host, user),
    readConfigFile(host, user),
    host.inspectContainer(user, settings?.containerName ?? 'razroom'),
  ])
  const old = effectiveToken(readEnv(env.file), config?.config ?? null)
  const newToken = generateToken()
  remember(newToken)
  context.found(
    old
      ? `the token comes from ${old.source === 'config' ? 'razroom.json' : '.env'}`
      : 'there is no token yet',
  )
  context.command('sudo razroom-panel token rotate')
  const edited = applyEnvEdits(env.file, [{ op: 'set', key: TOKEN_VARIABLE, value: newToken }])
  const written = [paths.envFile]
  // razroom.json first: should the second write fail, the effective token is the new one already and a second
  // rotation mends the rest.
  if (config?.config.authToken !== undefined) {
    const text = setConfigValue(config.text, ['gateway', 'auth', 'token'], newToken)
    await host.writeUserFile(user, {
      path: paths.configFile,
      bytes: new TextEncoder().encode(text),
      mode: 0o600,
      expectedEtag: config.etag,
    })
    written.unshift(paths.configFile)
  }
  await host.writeUserFile(user, {
    path: paths.envFile,
    bytes: renderEnvFile(edited),
    mode: 0o600,
    expectedEtag: env.etag,
  })
  context.did(`wrote it to ${written.join(' and ')}`)
  return { oldToken: old?.token ?? null, newToken, wasRunning: container?.running ?? false }
}

async function proveToken(host: Host, rotation: Rotation, context: StepContext): Promise<void> {
  const { user, settings } = await requireUser(host)
  const container = await host.inspectContainer(user, settings.containerName)
  const { address, gateway: port } = publishedAt(container, settings)
  let accepted = 'no answer'
  for (let tries = 0; tries < PROOF_TRIES; tries += 1) {
    const probe = await host.probeGateway(port, rotation.newToken, gatewayAddress(address))
    accepted = probe.answered ? String(probe.status) : probe.reason
    if (probe.answered && probe.status < 500) break
    await sleep(PROOF_PAUSE_MS, undefined, { signal: context.signal })
  }
  if (!/^2\d\d$/.test(accepted)) {
    throw new HostError('TOKEN_NOT_PROVEN', { detail: `the gateway answered ${accepted} to the new token` })
  }
  if (rotation.oldToken !== null && rotation.oldToken !== rotation.newToken) {
    const refused = await host.probeGateway(port, rotation.oldToken, gatewayAddress(address))
    if (!refused.answered || refused.status !== 401) {
      const said = refused.answered ? String(refused.status) : refused.reason
      throw new HostError('TOKEN_NOT_PROVEN', { detail: `the old token was not refused (${said})` })
    }
    context.found(
      'the old token is refused (401), the new one accepted; open browsers must log in with the new one',
    )
    return
  }
  context.found('the new token is accepted')
}
