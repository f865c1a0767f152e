/** One attempt over a raw socket, and what came of it. Plain data: it crosses into the host and back as JSON. */

export type Header = readonly [name: string, value: string]

/** What is sent over one fresh TCP connection. */
export interface Shot {
  /** Said when the attempt succeeds although it must not. */
  readonly name: string
  /** The bytes of the request, one character each (latin1). */
  readonly bytes: string
  /** For a WebSocket: text frames that follow the handshake. */
  readonly frames?: readonly string[]
  /** For a WebSocket: bytes that follow those frames as they are, each piece by itself (latin1). */
  readonly pieces?: readonly string[]
  /** How long an open socket is listened to, ms; 700 unless given, and none where `until` is. */
  readonly listenMs?: number
  /** It is listened to further until it has told something or is closed, for a minute at most. */
  readonly until?: 'told' | 'closed'
  /** Is fired when every socket of the same volley has told something or has ended: sixteen at once at most. */
  readonly afterTold?: true
  /** Pause between the handshake and the first frame, ms. */
  readonly delayMs?: number
  /** When the client gives up waiting for an answer, ms; 60,000 unless given. */
  readonly giveUpMs?: number
}

/** What came back. */
export interface Outcome {
  readonly name: string
  /** HTTP status; 0 when the connection ended without an answer. */
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: string
  /** Text frames of a WebSocket, in order. */
  readonly frames: readonly string[]
  /** Close code of a WebSocket; null while it is open, and for other answers. */
  readonly closeCode: number | null
  /** From the connection to its end, ms. */
  readonly tookMs: number
  /** When it ended, ms; of one volley by one clock. */
  readonly endedAt: number
  /** The panel held the connection open until the client gave up: enough of these, and it has no descriptor left. */
  readonly isLeftOpen: boolean
}

export const PANEL_PORT = 18780
export const GOOD_HOST = `127.0.0.1:${PANEL_PORT}`
export const GOOD_ORIGIN = `http://${GOOD_HOST}`

export interface RequestParts {
  readonly method?: string
  /** The request target exactly as sent. */
  readonly target: string
  readonly version?: '1.0' | '1.1'
  /** The Host header; null sends none. */
  readonly host?: string | null
  readonly headers?: readonly Header[]
  readonly body?: string
}

/** The bytes of a request. Nothing is checked or corrected: that is the point. */
export function requestBytes(parts: RequestParts): string {
  const { method = 'GET', target, version = '1.1', host = GOOD_HOST, headers = [], body } = parts
  const isUpgrade = headers.some(([name]) => name.toLowerCase() === 'upgrade')
  const all: Header[] = [
    ...(host === null ? [] : [['Host', host] as const]),
    ...(isUpgrade ? [] : [['Connection', 'close'] as const]),
    ...headers,
    ...(body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body, 'latin1'))] as const]),
  ]
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${target} HTTP/${version}\r\n${head}\r\n${body ?? ''}`
}

/** The headers of a WebSocket handshake but Host, Origin and Cookie (RFC 6455, 4.1). */
export const UPGRADE: readonly Header[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]

/** All values of a header. */
export function headerValues(outcome: Outcome, name: string): string[] {
  return outcome.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}
