import { placeInEnv, type TokenPlacement } from '../domain/place-token.ts'
import { referredVariables, requireToken, TOKEN_VARIABLE } from '../domain/token.ts'
import { ConflictError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { OperationPlan, StepContext } from './runner.ts'
import { type TokenFilesOnDisk, writeTokenFiles } from './token-files.ts'

/**
 * Writes the token that the gateway checks into `.env`, where another one stands. The gateway goes on as it is, and who
 * is logged in stays so; commands inside the container have it after the next restart.
 *
 * Fails with TOKEN_SOURCES_AGREE when there is nothing to mend, with TOKEN_MISSING or TOKEN_NOT_USED when no token counts.
 * @param remember is told the token before it is written, so that it is masked everywhere from then on
 */
export function reconcileToken(host: Host, remember: (secret: string) => void): OperationPlan {
  return {
    kind: 'reconcile-token',
    steps: [
      {
        id: 'write-token',
        title: 'Write the gateway’s token into .env',
        run: (context) => writeEffectiveToken(host, context, remember),
      },
    ],
  }
}

async function writeEffectiveToken(
  host: Host,
  context: StepContext,
  remember: (secret: string) => void,
): Promise<void> {
  context.command('sudo razroom-panel token reconcile')
  const written = new Set<string>()
  const place = ({ env, config }: TokenFilesOnDisk): TokenPlacement => {
    const { token, sourcesAgree } = requireToken(env.variables, config?.config ?? null)
    if (sourcesAgree) throw new ConflictError('TOKEN_SOURCES_AGREE')
    refuseOwnPart(config?.config.authTokenReference)
    remember(token)
    context.found('the gateway checks the token of razroom.json; .env held another')
    return { env: placeInEnv(env.file, token), configText: null }
  }
  await writeTokenFiles(host, context, place, written)
  context.did(
    `wrote it to ${[...written].join(' and ')} as ${TOKEN_VARIABLE}; razroom.json and the gateway stay as they are`,
  )
}

/** A token that is put together from the variable itself would be another one as soon as that is written. */
function refuseOwnPart(reference: string | undefined): void {
  if (reference === undefined || !referredVariables(reference).includes(TOKEN_VARIABLE)) return
  const detail = `gateway.auth.token is put together from ${TOKEN_VARIABLE} and more`
  throw new ConflictError('TOKEN_NOT_WRITABLE', { detail })
}
