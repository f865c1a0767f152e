import { Value } from 'typebox/value'
import type { WebSocket } from 'ws'
import { CLOSE_CODES } from '../../contract/events.ts'
import { type TerminalFrame, TerminalHello, TerminalMessage } from '../../contract/terminal.ts'
import type { TerminalSeat } from '../operations/terminal-desk.ts'
import type { PanelDeps } from '../routes/deps.ts'
import { SESSION_ENDED, type SocketRoute } from './bind-sockets.ts'

/** The browser says what it has drawn; one that takes not even that much is closed, and may come back. */
const MAX_BUFFERED_BYTES = 2_097_152

/** A fixed command of the gateway in a terminal. One at a time: a second page learns who is in it. */
export function terminalSocket({ terminal }: PanelDeps): SocketRoute<typeof TerminalHello> {
  return {
    hello: TerminalHello,
    isTwoWay: true,
    async serve(socket, { type: _type, ticket: _ticket, ...hello }, signal) {
      let seat: TerminalSeat | null = null
      socket.on('message', (data, isBinary) => {
        // A socket that is being closed still listens.
        if (signal.aborted) return
        const message = isBinary ? null : parseMessage(String(data))
        if (message === null) socket.close(CLOSE_CODES.badFrame, 'not a message of the terminal')
        // Before the terminal is there nothing can be meant for it.
        else if (seat) obey(seat, message)
      })
      const leave = () => seat?.leave(signal.reason === SESSION_ENDED)
      seat = await terminal.attach(hello, {
        send: (frame) => sendFrame(socket, frame),
        close: (code, reason) => socket.close(code, reason),
      })
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave)
    },
  }
}

function sendFrame(socket: WebSocket, frame: TerminalFrame): void {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.close(CLOSE_CODES.tooSlow, 'too slow')
  else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
}

function parseMessage(text: string): TerminalMessage | null {
  try {
    const message: unknown = JSON.parse(text)
    return Value.Check(TerminalMessage, message) ? message : null
  } catch {
    // Not JSON is no message either; the caller closes with a reason.
    return null
  }
}

function obey(seat: TerminalSeat, message: TerminalMessage): void {
  if (message.type === 'input') seat.input(message.data)
  else if (message.type === 'resize') seat.resize(message)
  else if (message.type === 'drawn') seat.drawn(message.bytes)
  else if (message.type === 'end') seat.end()
  else seat.takeOver()
}
