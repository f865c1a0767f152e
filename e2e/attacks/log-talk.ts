/**
 * Runs inside a host, as root: one connection to a socket of the log, as a page has it. Its orders are the first line of
 * stdin; then `pause`, `resume` and `close`. What comes is told on stdout, a line of JSON each.
 */
import { createInterface } from 'node:readline'
import { readLines } from '../../contract/log-rows.ts'
import type { LogLine } from '../../contract/logs.ts'
import { openSocket, type StreamSession, takeTicket, textFrame } from './stream-socket.ts'

export interface TalkOrders {
  readonly session: StreamSession
  readonly path: '/api/logs/stream' | '/api/logs/search'
  /** Without its type and ticket. */
  readonly hello: Readonly<Record<string, unknown>>
}

export type Told =
  | { readonly frame: { readonly type: string } & Readonly<Record<string, unknown>> }
  /** Null for a frame that is none. */
  | { readonly lines: readonly LogLine[] | null }
  | { readonly close: { readonly code: number; readonly reason: string } }

const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`)
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { session, path, hello } = JSON.parse(String((await input.next()).value)) as TalkOrders
const { socket } = await openSocket(path, session, {
  onText: (text) => tell({ frame: JSON.parse(text) as { type: string } }),
  onBytes: (bytes) => tell({ lines: readLines(bytes) }),
  onClose: (code, reason) => tell({ close: { code, reason } }),
})
socket.write(textFrame(JSON.stringify({ type: 'hello', ticket: await takeTicket(session), ...hello })))
for (let next = await input.next(); !next.done; next = await input.next()) {
  if (next.value === 'pause') socket.pause()
  if (next.value === 'resume') socket.resume()
  if (next.value === 'close') socket.destroy()
}
process.exit(0)
