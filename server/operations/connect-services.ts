import type { ConnectionRequest } from '../../contract/connections.ts'
import { isSecretVariable } from '../../contract/rules.ts'
import { connectInEnv } from '../domain/connect-edits.ts'
import type { Host } from '../host/host.ts'
import { type ConnectionPlan, refuseOtherFiles } from './connect-files.ts'
import { type ConnectionState, keptOrTakenBack } from './connect-way-back.ts'
import { saveConfig } from './edit-config.ts'
import { changeEnv } from './edit-env.ts'
import { authorOf } from './file-versions.ts'
import type { GatewayCommands } from './gateway-commands.ts'
import { readWanted } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import type { OperationPlan, Step, StepContext } from './runner.ts'
import { bringUpSteps } from './start-gateway.ts'
import { verifyConnection } from './verify-connection.ts'

export interface ConnectionOrder {
  readonly request: ConnectionRequest
  /** Made of the request and of the files with its ETags. */
  readonly plan: ConnectionPlan
}

/**
 * Writes a provider's key, a model and channels into `.env` and razroom.json, restarts the gateway if that is wished, and
 * asks it what it sees of them. Both files are written or none: what fails in between, and a gateway that ends at once
 * with them, puts back what was written.
 *
 * Fails with ENV_CHANGED or CONFIG_CHANGED when somebody else wrote meanwhile, and with CONNECTION_NOT_SEEN when all is
 * written and the gateway says that it has no key.
 * @param remember is told each secret before it is written, so that it is masked everywhere from then on
 */
export function connectServices(
  host: Host,
  commands: Pick<GatewayCommands, 'run'>,
  remember: (secret: string) => void,
  order: ConnectionOrder,
): OperationPlan {
  for (const { name, value } of order.plan.reading.values) if (isSecretVariable(name, value)) remember(value)
  const state: ConnectionState = { written: [], wasRunning: false, isComplete: false }
  const { envAfter, configAfter } = order.plan
  const isChanged = envAfter !== null || configAfter !== null
  const bringUp = order.request.restart ? bringUpSteps(host, { force: isChanged }) : []
  const isCheck = ({ id }: Step) => id === 'check-ports'
  const guarded = (step: Step) => keptOrTakenBack(host, state, step)
  return {
    kind: 'connect-services',
    steps: [
      {
        id: 'check-connection',
        title: 'Look at both files',
        run: (context) => look(host, order, state, context),
      },
      ...bringUp.filter(isCheck).map((step) => whenRunning(step, state)),
      guarded({
        id: 'save-env',
        title: 'Write .env',
        run: (context) => saveEnvPart(host, order.plan, state, context),
      }),
      guarded({
        id: 'save-config',
        title: 'Write razroom.json',
        run: (context) => saveConfigPart(host, order.plan, state, context),
      }),
      ...bringUp.filter((step) => !isCheck(step)).map((step) => guarded(whenRunning(step, state))),
      {
        id: 'verify-connection',
        title: 'Ask the gateway what it sees',
        run: (context) => verifyConnection({ host, commands, order, wasRunning: state.wasRunning }, context),
      },
    ],
  }
}

function whenRunning(step: Step, state: ConnectionState): Step {
  return {
    ...step,
    run: async (context) => {
      if (state.wasRunning) await step.run(context)
      else context.found('the gateway does not run; it takes effect at its next start')
    },
  }
}

/** Whatever can be foreseen is refused while everything is as it was. */
async function look(
  host: Host,
  { request, plan }: ConnectionOrder,
  state: ConnectionState,
  context: StepContext,
): Promise<void> {
  context.command(shellWords(request))
  await refuseOtherFiles(host, plan.etags)
  const { user, settings } = await requireUser(host)
  state.wasRunning = (await host.inspectContainer(user, settings.containerName))?.running ?? false
  if (state.wasRunning && request.restart) await readWanted(host)
  const names = plan.reading.values.map(({ name }) => name)
  const { model } = plan.reading
  const what = [...names, ...(model === null ? [] : [`the model ${model}`])].join(', ')
  context.found(what === '' ? 'nothing new is to be written' : `to be set: ${what}`)
}

/** The same for a shell, which asks for the values. */
function shellWords({ provider, model, channels = [] }: ConnectionRequest): string {
  return [
    'sudo razroom-panel connect',
    ...(provider ? [`--provider ${provider.id}`] : []),
    ...(model === undefined ? [] : [`--model ${model.trim()}`]),
    ...channels.map(({ id }) => `--channel ${id}`),
  ].join(' ')
}

async function saveEnvPart(
  host: Host,
  { reading, envAfter, envPath, etags }: ConnectionPlan,
  state: ConnectionState,
  context: StepContext,
): Promise<void> {
  if (envAfter === null) {
    context.found(`${envPath} has all of it already`)
    return
  }
  const { etag } = await changeEnv(host, etags.env, authorOf(context), (before) =>
    connectInEnv(before, reading),
  )
  state.written.push({ file: 'env', path: envPath, before: etags.env, after: etag })
  context.did(`set ${reading.values.map(({ name }) => name).join(', ')} in ${envPath}`)
}

async function saveConfigPart(
  host: Host,
  { configAfter, configPath, etags }: ConnectionPlan,
  state: ConnectionState,
  context: StepContext,
): Promise<void> {
  if (configAfter === null) context.found(`${configPath} stays as it is`)
  else {
    const { etag } = await saveConfig(host, { text: configAfter }, etags.config, authorOf(context))
    state.written.push({ file: 'config', path: configPath, before: etags.config, after: etag })
    context.did(`wrote ${configPath}; its comments and everything else in it stayed`)
  }
  state.isComplete = true
}
