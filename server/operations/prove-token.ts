import { setTimeout as sleep } from 'node:timers/promises'
import { gatewayAddress, gatewayAuthority } from '../domain/gateway-address.ts'
import { isSendable } from '../domain/token-findings.ts'
import { HostError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { publishedAt } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import type { StepContext } from './runner.ts'

const PROOF_TRIES = 20
const PROOF_PAUSE_MS = 250

/**
 * Shows both tokens to the gateway: the new one must be accepted, the old one refused. TOKEN_NOT_PROVEN otherwise.
 * What is found says what open browsers have to do: an approved browser stays approved, because devices/paired.json is
 * not touched (docs/facts/razroom-gateway.md).
 */
export async function proveToken(
  host: Host,
  { newToken, oldToken }: { readonly newToken: string; readonly oldToken: string | null },
  context: StepContext,
): Promise<void> {
  const { user, settings } = await requireUser(host)
  const container = await host.inspectContainer(user, settings.containerName)
  const { address, gateway: port } = publishedAt(container, settings)
  const place = gatewayAddress(address)
  const accepted = await showToken(host, newToken, { user, port, place, context })
  if (!/^2\d\d$/.test(accepted)) {
    throw new HostError('TOKEN_NOT_PROVEN', { detail: `the gateway answered ${accepted} to the new token` })
  }
  const isNew = oldToken !== null && oldToken !== newToken
  // What no header can carry, nobody can show.
  if (isNew && isSendable(oldToken)) {
    const refused = await host.proveGatewayToken(user, port, oldToken, place)
    if (!refused.answered || refused.status !== 401) {
      const said = refused.answered ? String(refused.status) : refused.reason
      throw new HostError('TOKEN_NOT_PROVEN', { detail: `the old token was not refused (${said})` })
    }
  }
  const proof = isNew
    ? 'the old token is refused (401), the new one accepted. Open browsers and scripts must log in with the new one'
    : 'the token is accepted. Browsers and scripts log in with it'
  context.found(
    `${proof}: by Open Control UI in the panel, or at http://${gatewayAuthority(address, port)}/ with what ` +
      '"sudo razroom-panel token show" prints. Browsers that were approved stay approved',
  )
}

/** @returns the status that it ended with, or why there was no answer */
async function showToken(
  host: Host,
  token: string,
  { user, port, place, context }: { user: UserAccount; port: number; place: string; context: StepContext },
): Promise<string> {
  let answer = 'no answer'
  for (let tries = 0; tries < PROOF_TRIES; tries += 1) {
    const probe = await host.proveGatewayToken(user, port, token, place)
    answer = probe.answered ? String(probe.status) : probe.reason
    if (probe.answered && probe.status < 500) break
    await sleep(PROOF_PAUSE_MS, undefined, { signal: context.signal })
  }
  return answer
}
