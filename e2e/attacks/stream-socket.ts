/**
 * For programs that run inside a host: a WebSocket of the panel over a plain TCP connection, which can be left unread as
 * no library lets one. Imports nothing but Node.
 */
import { connect, type Socket } from 'node:net'

const PORT = 18780
const ORIGIN = `http://127.0.0.1:${PORT}`

export interface StreamSession {
  readonly cookie: string
  readonly csrfToken: string
}

/** A client frame (RFC 6455, 5.2); a mask of zeros is a mask. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = length < 126 ? Buffer.from([0x80 | length]) : Buffer.from([0xfe, length >> 8, length & 0xff])
  return Buffer.concat([Buffer.from([0x80 | opcode]), head, Buffer.alloc(4), payload])
}

export const textFrame = (text: string): Buffer => clientFrame(1, Buffer.from(text))

/** A single-use ticket, as the page asks for it. */
export async function takeTicket({ cookie, csrfToken }: StreamSession): Promise<string> {
  const headers = { Cookie: cookie, Origin: ORIGIN, 'X-CSRF-Token': csrfToken }
  const answer = await fetch(`${ORIGIN}/api/ws-ticket`, { method: 'POST', headers })
  return ((await answer.json()) as { ticket: string }).ticket
}

export interface StreamEvents {
  onText?(text: string): void
  onBytes?(bytes: Buffer): void
  onClose?(code: number, reason: string): void
}

/** The frames of one connection, in order; a text that is not UTF-8 throws, as a browser would close. */
function frameReader(
  { onText, onBytes, onClose }: StreamEvents,
  onPing: (payload: Buffer) => void,
): (chunk: Buffer) => void {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let chunks: Buffer[] = []
  let held = 0
  let wanted = 2
  return (chunk) => {
    chunks.push(chunk)
    held += chunk.length
    if (held < wanted) return
    let bytes = Buffer.concat(chunks)
    for (;;) {
      const short = (bytes[1] ?? 0) & 0x7f
      const start = short === 126 ? 4 : short === 127 ? 10 : 2
      wanted = bytes.length < start ? start : 0
      if (wanted > 0) break
      const length =
        short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
      wanted = start + length
      if (bytes.length < wanted) break
      const payload = bytes.subarray(start, wanted)
      const opcode = (bytes[0] ?? 0) & 0x0f
      if (opcode === 1) onText?.(decoder.decode(payload))
      if (opcode === 2) onBytes?.(payload)
      if (opcode === 9) onPing(payload)
      if (opcode === 8) onClose?.(length >= 2 ? payload.readUInt16BE(0) : 1005, String(payload.subarray(2)))
      bytes = bytes.subarray(wanted)
      wanted = 2
      if (bytes.length < 2) break
    }
    chunks = [bytes]
    held = bytes.length
  }
}

export interface StreamSocket {
  readonly socket: Socket
  /** The head of the answer to the handshake. */
  readonly head: string
}

/** Connects; resolves with the answer to the handshake, whatever it is. */
export function openSocket(
  path: string,
  { cookie }: Pick<StreamSession, 'cookie'>,
  events: StreamEvents = {},
  extra = '',
): Promise<StreamSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: PORT })
    // A client answers each ping when it has read up to it (RFC 6455, 5.5.3).
    const read = frameReader(events, (payload) => socket.write(clientFrame(10, payload)))
    let head = ''
    socket.on('connect', () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${PORT}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ${ORIGIN}\r\nCookie: ${cookie}\r\n${extra}\r\n`,
      ),
    )
    socket.on('data', (chunk: Buffer) => {
      if (head.endsWith('\r\n\r\n')) return read(chunk)
      const all = Buffer.concat([Buffer.from(head, 'latin1'), chunk])
      const end = all.indexOf('\r\n\r\n')
      head = all.toString('latin1', 0, end === -1 ? all.length : end + 4)
      if (end === -1) return
      resolve({ socket, head })
      if (all.length > end + 4) read(all.subarray(end + 4))
    })
    socket.on('error', (error) => {
      reject(error)
      socket.destroy()
    })
    socket.on('close', () => {
      events.onClose?.(0, '')
      reject(new Error('the connection ended'))
    })
  })
}
