import type { IncomingMessage } from 'node:http'

/** Whether an address is this machine's own: 127.0.0.0/8, ::1, or the former in IPv6 clothes. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (!address) return false
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
}

/**
 * Whether a request comes straight from the gateway's own machine. One that a proxy passed on (it says so in a
 * header) counts as remote. Behind a published port of a container the peer is never loopback, which is why a
 * browser needs pairing there (docs/facts/razroom-gateway.md).
 */
export function isLocalPeer(request: IncomingMessage): boolean {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => name in request.headers)
  return !forwarded && isLoopbackAddress(request.socket.remoteAddress)
}

/**
 * Whether a page may open a WebSocket here: it was served from the same host and port, from another name of
 * loopback with the same port, or is listed in `gateway.controlUi.allowedOrigins`. A client that sends no Origin
 * is no browser and passes.
 * @param origin the Origin header
 * @param host the Host header
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined) return true
  const page = parseUrl(origin)
  if (!page || page.origin === 'null') return false
  if (allowedOrigins.some((allowed) => parseUrl(allowed)?.origin === page.origin)) return true
  const here = parseUrl(`${page.protocol}//${host ?? ''}`)
  if (!here) return false
  if (here.host === page.host) return true
  return here.port === page.port && isLoopbackName(here.hostname) && isLoopbackName(page.hostname)
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || isLoopbackAddress(hostname)
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
