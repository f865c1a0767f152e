import { request } from 'node:http'
import type { ProbeResult } from './host.ts'

const PROBE_TIMEOUT_MS = 3_000
const PROBE_BODY = JSON.stringify({ tool: 'sessions_list', args: {} })

/**
 * One request to the gateway on 127.0.0.1. Only HTTP tells whether it runs: podman's forwarder accepts a connection
 * before the gateway listens, and closes it empty (docs/facts/razroom-gateway.md). `POST /tools/invoke` proves a
 * token: 401 without the right one; without a token any answer proves that the gateway is up.
 * @param port host port of the gateway
 * @param token the token to prove, or null
 */
export function probeGateway(port: number, token: string | null): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>()
  const refuse = (error: Error) => resolve({ answered: false, reason: error.message })
  const probe = request(
    {
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/tools/invoke',
      agent: false,
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(PROBE_BODY),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
    },
    (answer) => {
      resolve({ answered: true, status: answer.statusCode ?? 0 })
      answer.on('error', () => undefined)
      answer.destroy()
    },
  )
  probe.on('error', refuse)
  probe.end(PROBE_BODY)
  return promise
}
