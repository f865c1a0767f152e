import { gatewayAddress } from '../domain/gateway-address.ts'
import { placeToken } from '../domain/place-token.ts'
import { effectiveToken, generateToken, TOKEN_VARIABLE } from '../domain/token.ts'
import { addDetail, PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { devicesStep } from './devices-after-rotation.ts'
import { publishedAt, readWanted } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import { proveToken } from './prove-token.ts'
import type { OperationPlan, Step, StepContext } from './runner.ts'
import { bringUpSteps } from './start-gateway.ts'
import { readTokenFiles, type TokenFilesOnDisk, writeTokenFiles } from './token-files.ts'

interface Rotation {
  readonly newToken: string
  readonly isOwn: boolean
  /** The one that counted before; null when none did. */
  oldToken: string | null
  wasRunning: boolean
  /** Nothing had to be written, and the gateway takes it already. */
  isInForce: boolean
  /** Paths of the files that were written. */
  readonly written: Set<string>
}

/**
 * Writes a new token where the old one is, recreates the container, and proves it: the old one is refused, the new
 * one accepted. razroom.json is touched only where it has a token already: a new one there would outrank `.env`. What
 * would keep it from its end is looked for before anything is written; what was cut off, a second run mends.
 * @param remember is told the new token before it is written, so that it is masked everywhere from then on
 * @param own a person's own token, already checked (`refuseBadToken`); without it one is made
 */
export function rotateToken(host: Host, remember: (secret: string) => void, own?: string): OperationPlan {
  const rotation: Rotation = {
    newToken: own ?? generateToken(),
    isOwn: own !== undefined,
    oldToken: null,
    wasRunning: false,
    isInForce: false,
    written: new Set(),
  }
  remember(rotation.newToken)
  const bringUp = bringUpSteps(host, { force: true })
  const isCheck = ({ id }: Step) => id === 'check-ports'
  return {
    kind: 'rotate-token',
    steps: [
      {
        id: 'read-token',
        title: 'Look at the token that counts',
        run: (context) => look(host, rotation, context),
      },
      ...bringUp.filter(isCheck).map((step) => whenRunning(step, rotation)),
      tellingState(host, rotation, {
        id: 'write-token',
        title: 'Write the new token',
        run: (context) => write(host, rotation, context),
      }),
      ...bringUp
        .filter((step) => !isCheck(step))
        .map((step) => tellingState(host, rotation, whenRunning(step, rotation))),
      tellingState(
        host,
        rotation,
        whenRunning(
          {
            id: 'prove-token',
            title: 'Prove it at the gateway',
            run: (context) => proveToken(host, rotation, context),
          },
          rotation,
        ),
      ),
      tellNeeds(host, rotation),
    ],
  }
}

/** Nobody needs anything where the token is the same as before. */
function tellNeeds(host: Host, { written }: Rotation): Step {
  const step = devicesStep(host)
  return {
    ...step,
    async run(context) {
      if (written.size > 0) await step.run(context)
      else context.found('the token is the one of before: none needs anything')
    },
  }
}

function whenRunning(step: Step, rotation: Rotation): Step {
  return {
    ...step,
    run: async (context) => {
      if (!rotation.wasRunning)
        context.found('the gateway does not run; the new token counts from its next start')
      else if (rotation.isInForce) context.found('the gateway takes this token already')
      else await step.run(context)
    },
  }
}

/** Refuses whatever can be foreseen, while everything is as it was. */
async function look(host: Host, rotation: Rotation, context: StepContext): Promise<void> {
  context.command(`sudo razroom-panel token rotate${rotation.isOwn ? ' --custom' : ''}`)
  const { user, settings, env, config } = await readTokenFiles(host)
  placeToken({ env: env.file, config }, rotation.newToken)
  const old = effectiveToken(env.variables, config?.config ?? null)
  rotation.oldToken = old?.token ?? null
  const container = await host.inspectContainer(user, settings.containerName)
  rotation.wasRunning = container?.running ?? false
  if (rotation.wasRunning) await readWanted(host)
  const other = old?.sourcesAgree === false ? '; .env holds another' : ''
  context.found(
    old
      ? `the gateway checks the token of ${old.source === 'config' ? 'razroom.json' : '.env'}${other}`
      : 'there is no token yet',
  )
}

async function write(host: Host, rotation: Rotation, context: StepContext): Promise<void> {
  const { newToken, written } = rotation
  const place = ({ env, config }: TokenFilesOnDisk) => placeToken({ env: env.file, config }, newToken)
  await writeTokenFiles(host, context, place, written)
  if (written.size > 0) {
    context.did(`wrote it to ${[...written].join(' and ')}`)
    return
  }
  context.found('the files hold this token already')
  rotation.isInForce = rotation.wasRunning && (await isInForce(host, newToken))
}

/** The gateway takes it, and what runs beside it in the container has it too. */
async function isInForce(host: Host, token: string): Promise<boolean> {
  const { user, settings, env } = await readTokenFiles(host)
  const container = await host.inspectContainer(user, settings.containerName)
  const wanted = env.variables.get(TOKEN_VARIABLE)
  if (wanted !== undefined && !container?.env.includes(`${TOKEN_VARIABLE}=${wanted}`)) return false
  const { address, gateway: port } = publishedAt(container, settings)
  const probe = await host.proveGatewayToken(user, port, token, gatewayAddress(address))
  return probe.answered && probe.status >= 200 && probe.status < 300
}

/** The step, and when it fails behind a write: the error says how things are, and what is to be done. */
function tellingState(host: Host, rotation: Rotation, step: Step): Step {
  return {
    ...step,
    run: async (context) => {
      try {
        await step.run(context)
      } catch (error) {
        if (rotation.written.size === 0) throw error
        const state =
          step.id === 'write-token'
            ? 'razroom.json holds the new token, .env does not yet: rotate again'
            : await describeState(host, rotation)
        // The problem of a cancelled operation has no detail: what the step found says it, too.
        context.found(state)
        throw addDetail(error, state)
      }
    },
  }
}

async function describeState(host: Host, { written }: Rotation): Promise<string> {
  const files = written.size > 1 ? 'razroom.json and .env hold' : 'the file holds'
  const runs = (await isRunning(host))
    ? 'the gateway runs, but was not seen to take it: sudo razroom-panel restart'
    : 'the gateway does not run: sudo razroom-panel launch'
  return `${files} the new token; ${runs}. The former files are among the versions`
}

/** Never throws, since the first error is the one to tell: what cannot be seen does not run. */
async function isRunning(host: Host): Promise<boolean> {
  try {
    const { user, settings } = await requireUser(host)
    return (await host.inspectContainer(user, settings.containerName))?.running ?? false
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    console.error(`rotate-token: ${error.message}`)
    return false
  }
}
