import type { Status } from '../../contract/schemas.ts'
import type { Client } from './client.ts'
import { hasCode } from './problem-error.ts'

/**
 * The Control UI with the effective token in the fragment, which browsers do not send to the server
 * (docs/facts/razroom-gateway.md); without it when the gateway has no token, or asks
 * for a password instead.
 */
export async function buildGatewayLink(client: Client, status: Status): Promise<string> {
  const link = new URL(status.gateway.url)
  try {
    const { token } = await client.call('POST /api/token/reveal', {})
    link.hash = `token=${encodeURIComponent(token)}`
  } catch (error) {
    if (!hasCode(error, 'TOKEN_MISSING') && !hasCode(error, 'TOKEN_NOT_USED')) throw error
  }
  return link.href
}

/** Where an image comes from, for people; the bundled gateway says what it is wherever it runs. */
export function describeImage(image: NonNullable<Status['image']>): string {
  return image.source.kind === 'bundled' ? `${image.label}, for a first try` : image.label
}
