import { findConnectProvider } from '../domain/connect-providers.ts'
import { providerOfModel } from '../domain/model-reference.ts'
import { readModelsStatus, type SeenModels } from '../domain/models-status.ts'
import { HostError, PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { ConnectionOrder } from './connect-services.ts'
import type { GatewayCommands } from './gateway-commands.ts'
import { requireUser } from './gateway-files.ts'
import type { StepContext } from './runner.ts'

/** It takes 2 to 6 s (docs/facts/razroom-gateway.md), on a busy machine more. */
const STATUS_TIMEOUT_MS = 60_000
const STATUS_WORDS = ['models', 'status', '--json'] as const

export interface Verification {
  readonly host: Host
  readonly commands: Pick<GatewayCommands, 'run'>
  readonly order: ConnectionOrder
  readonly wasRunning: boolean
}

/**
 * Asks the gateway, without a word to any provider, whether it has a key and which model it takes.
 * @throws {HostError} CONNECTION_NOT_SEEN it says that it has no key; what was written stays
 */
export async function verifyConnection(verification: Verification, context: StepContext): Promise<void> {
  const { order, wasRunning, commands, host } = verification
  if (!wasRunning) return context.found('the gateway does not run: start it to use what was connected')
  if (!order.request.restart)
    return context.found('a restart is due, so that the gateway takes it over: sudo razroom-panel restart')
  const { model } = order.plan.reading
  const id = order.request.provider?.id ?? (model === null ? null : providerOfModel(model))
  if (id === null)
    return context.found(
      'the gateway runs with it. Whether a channel takes its token, the log of the gateway says',
    )
  const { user, settings } = await requireUser(host)
  const words = ['exec', settings.containerName, 'node', 'dist/index.js', ...STATUS_WORDS]
  context.command(host.describePodman(user, words))
  const seen = await ask(commands, context)
  if (seen !== null) judge(seen, id, context)
}

/** null when it can't be asked, or says what is not understood: that proves nothing either way. */
async function ask(commands: Pick<GatewayCommands, 'run'>, context: StepContext): Promise<SeenModels | null> {
  try {
    const { stdout } = await commands.run(STATUS_WORDS, STATUS_TIMEOUT_MS)
    const seen = readModelsStatus(stdout)
    if (seen === null) context.found('not verified: the gateway’s answer is not understood')
    return seen
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    context.found(`not verified: ${error.message}`)
    return null
  }
}

function judge(seen: SeenModels, id: string, context: StepContext): void {
  const service = findConnectProvider(id)?.service ?? id
  const key = seen.keyOf(id)
  if (key === 'missing') {
    const detail = `it has no key for ${service}. What was written stays; the files before are among the versions`
    throw new HostError('CONNECTION_NOT_SEEN', { detail })
  }
  const has = key === 'seen' ? `the gateway has a key for ${service}` : `the gateway does not list ${service}`
  const uses = seen.model === null ? 'and names no default model' : `and its default model is ${seen.model}`
  context.found(
    `${has} ${uses}. Whether the key is valid only ${service} can say: the first message through the gateway shows it`,
  )
}
