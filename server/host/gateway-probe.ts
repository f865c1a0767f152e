import { request } from 'node:http'
import type { ProbeResult } from './host.ts'

const PROBE_TIMEOUT_MS = 3_000
const PROBE_BODY = JSON.stringify({ tool: 'sessions_list', args: {} })

/**
 * One request to the gateway. Only HTTP tells whether it runs: podman's forwarder accepts a connection
 * before the gateway listens, and closes it empty (docs/facts/razroom-gateway.md). Without a token any answer to
 * `GET /` proves that the gateway is up, and leaves no line in its log; `POST /tools/invoke` proves a token: 401
 * unless it is the right one.
 * @param port host port of the gateway
 * @param token the token to prove, or null
 * @param address where it is published, an IP literal of this machine (domain/gateway-address.ts)
 */
export function probeGateway(
  port: number,
  token: string | null,
  address = '127.0.0.1',
): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>()
  const refuse = (error: Error) => resolve({ answered: false, reason: error.message })
  const probe = request(
    {
      host: address,
      port,
      ...(token === null ? { method: 'GET', path: '/' } : { method: 'POST', path: '/tools/invoke' }),
      agent: false,
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      headers: token === null ? {} : proofHeaders(token),
    },
    (answer) => {
      resolve({ answered: true, status: answer.statusCode ?? 0 })
      answer.on('error', () => undefined)
      answer.destroy()
    },
  )
  probe.on('error', refuse)
  probe.end(token === null ? undefined : PROBE_BODY)
  return promise
}

function proofHeaders(token: string): Record<string, string | number> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(PROBE_BODY),
  }
}
