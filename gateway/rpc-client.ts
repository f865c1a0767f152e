import { WebSocket } from 'ws'
import { resolveClientAuth } from './auth.ts'
import type { CliContext } from './cli-context.ts'
import { isRecord } from './config-schema.ts'
import { FatalError } from './fatal-error.ts'
import { GATEWAY_VERSION } from './version.ts'
import { PROTOCOL_VERSION } from './ws-protocol.ts'

/** Flags of every command that talks to the running gateway. */
export interface ConnectFlags {
  url?: string | undefined
  token?: string | undefined
  password?: string | undefined
  /** milliseconds */
  timeout?: string | undefined
}

const DEFAULT_TIMEOUT_MS = 10_000

/**
 * Calls one method of the running gateway, as the CLI inside the container does: over the WebSocket on loopback,
 * with the token in the CLI's order (environment before razroom.json).
 * @returns the payload of the answer
 * @throws {FatalError} not reachable, refused, or an error answer
 */
export async function callGateway(
  context: CliContext,
  flags: ConnectFlags,
  method: string,
  params: Record<string, unknown> = {},
): Promise<unknown> {
  const target = flags.url ?? `ws://127.0.0.1:${context.port}`
  if (!/^wss?:\/\//.test(target) || !URL.canParse(target)) {
    throw new FatalError([`Invalid --url "${target}" (use ws://HOST:PORT)`])
  }
  try {
    return await exchange(target, connectParams(context, flags), { method, params }, timeoutOf(flags))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FatalError(
      [
        `gateway connect failed: Error: ${reason}`,
        `Gateway target: ${target}`,
        `Source: ${flags.url ? 'cli --url' : 'local loopback'}`,
        `Config: ${context.paths.configPath}`,
      ],
      { cause: error },
    )
  }
}

function connectParams(context: CliContext, flags: ConnectFlags): Record<string, unknown> {
  const auth = resolveClientAuth(context.config, context.env, flags)
  return {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client: { id: 'cli', mode: 'cli', version: GATEWAY_VERSION, platform: process.platform },
    role: 'operator',
    scopes: ['operator.admin', 'operator.pairing'],
    auth: auth ? { [auth.mode]: auth.secret } : {},
  }
}

function exchange(
  target: string,
  connect: Record<string, unknown>,
  call: { method: string; params: Record<string, unknown> },
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(target, { handshakeTimeout: timeoutMs, perMessageDeflate: false })
    const timer = setTimeout(() => fail(`gateway timeout after ${timeoutMs}ms`), timeoutMs)
    const end = () => {
      clearTimeout(timer)
      ws.close()
    }
    const fail = (message: string) => {
      end()
      reject(new Error(message))
    }
    ws.on('error', (error) => fail(error.message))
    ws.on('close', (code, reason) =>
      fail(`gateway closed (${code}): ${reason.toString() || 'no close reason'}`),
    )
    ws.on('message', (data) => {
      const frame = parseFrame(data.toString())
      if (!frame) return fail('the answer is not from a gateway')
      if (frame.event === 'connect.challenge') {
        ws.send(JSON.stringify({ type: 'req', id: 'connect', method: 'connect', params: connect }))
      } else if (frame.ok === false) {
        fail(isRecord(frame.error) ? String(frame.error.message) : 'request failed')
      } else if (frame.id === 'connect') {
        ws.send(JSON.stringify({ type: 'req', id: 'call', ...call }))
      } else if (frame.id === 'call') {
        end()
        resolve(frame.payload)
      }
    })
  })
}

function parseFrame(text: string): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(text)
    return isRecord(frame) ? frame : undefined
  } catch {
    // Not JSON: whoever listens there is no gateway, which is what the caller then says.
    return undefined
  }
}

function timeoutOf(flags: ConnectFlags): number {
  if (flags.timeout === undefined) return DEFAULT_TIMEOUT_MS
  if (/^[1-9]\d{0,5}$/.test(flags.timeout)) return Number(flags.timeout)
  throw new FatalError([`Invalid --timeout "${flags.timeout}" (milliseconds, 1 to 999999)`])
}
