/** A terminal that the front holds: its program waits while nobody takes what it prints. */
import Type from 'typebox'
import { compileLater } from '../compile-later.ts'
import type { Terminal } from '../host.ts'
import { KIND, MAX_PAYLOAD_BYTES, ProtocolError } from './frames.ts'
import { encodeMessage } from './message.ts'
import type { CallWorld } from './serve-call.ts'

const strict = { additionalProperties: false } as const
const TerminalOrder = compileLater(
  Type.Union([
    Type.Object({ type: Type.Literal('input'), data: Type.String({ maxLength: 65_536 }) }, strict),
    Type.Object(
      {
        type: Type.Literal('resize'),
        cols: Type.Integer({ minimum: 1, maximum: 1_000 }),
        rows: Type.Integer({ minimum: 1, maximum: 1_000 }),
      },
      strict,
    ),
    Type.Object({ type: Type.Literal('paused'), isPaused: Type.Boolean() }, strict),
    Type.Object({ type: Type.Literal('end') }, strict),
  ]),
)

/** @param open starts it with this taker of its output */
export async function openServedTerminal(
  world: CallWorld,
  open: (onOutput: (bytes: Buffer) => void) => Promise<Terminal>,
): Promise<void> {
  const { out, credit, signal, order, onGrant, onOrder } = world
  let [isPausedByFront, isPaused] = [false, false]
  let terminal: Terminal | null = null
  const settle = (): void => {
    const now = isPausedByFront || credit.left <= 0
    if (now !== isPaused) terminal?.setPaused(now)
    if (terminal) isPaused = now
  }
  onGrant(settle)
  terminal = await open((bytes) => {
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD_BYTES) {
      const part = bytes.subarray(at, at + MAX_PAYLOAD_BYTES)
      credit.spend(part.length)
      out.frame(KIND.data, order.id, part)
    }
    settle()
  })
  const { ended } = terminal
  signal.addEventListener('abort', () => terminal.end(), { once: true })
  if (signal.aborted) terminal.end()
  onOrder((said) => {
    if (!TerminalOrder.Check(said)) throw new ProtocolError('an order that no terminal takes')
    if (said.type === 'input') terminal.write(said.data)
    else if (said.type === 'resize') terminal.resize({ cols: said.cols, rows: said.rows })
    else if (said.type === 'end') terminal.end()
    else {
      isPausedByFront = said.isPaused
      settle()
    }
  })
  out.message(KIND.result, order.id, encodeMessage(null))
  settle()
  out.message(KIND.end, order.id, encodeMessage(await ended))
}
