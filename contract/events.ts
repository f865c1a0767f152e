/** Frames of the sockets. The browser's first frame is always a hello with its single-use ticket. */
import Type, { type Static } from 'typebox'
import { ConfigDocument } from './config.ts'
import { EnvDocument } from './env.ts'
import { Operation, OperationStep, OutputLine, Status } from './schemas.ts'

const strict = { additionalProperties: false } as const

/** First frame on /api/events. `since` is the last event id seen; without it, or when it is too old, a snapshot follows. */
export const EventsHello = Type.Object(
  {
    type: Type.Literal('hello'),
    ticket: Type.String({ minLength: 1, maxLength: 128 }),
    since: Type.Optional(Type.String({ maxLength: 64 })),
  },
  strict,
)
export type EventsHello = Static<typeof EventsHello>

const id = Type.String({ description: '"<boot of the daemon>:<number>", increasing within one boot' })

export const PanelEvent = Type.Union([
  Type.Object({ type: Type.Literal('snapshot'), id, status: Status, operations: Type.Array(Operation) }),
  Type.Object({ type: Type.Literal('status.changed'), id, status: Status }),
  Type.Object({ type: Type.Literal('operation.started'), id, operation: Operation }),
  Type.Object({ type: Type.Literal('operation.step'), id, operationId: Type.String(), step: OperationStep }),
  Type.Object({
    type: Type.Literal('operation.output'),
    id,
    operationId: Type.String(),
    lines: Type.Array(OutputLine),
  }),
  Type.Object({ type: Type.Literal('operation.finished'), id, operation: Operation }),
  /** The file is another, and the version of it is kept. */
  Type.Object({ type: Type.Literal('env.changed'), id, etag: EnvDocument.properties.etag }),
  Type.Object({ type: Type.Literal('config.changed'), id, etag: ConfigDocument.properties.etag }),
  /** The list is another, with so many that wait. It is asked for: a backlog of lists would fill the memory. */
  Type.Object({ type: Type.Literal('devices.changed'), id, pending: Type.Integer() }),
  /** The audit log has this entry and perhaps more; it is asked for, as the list of devices is. */
  Type.Object({ type: Type.Literal('audit.added'), id, seq: Type.Integer() }),
  /** What the gateway said of itself, or how far the asking is. It is asked for, too. */
  Type.Object({ type: Type.Literal('insight.changed'), id }),
  /** Somebody entered or left the terminal. */
  Type.Object({ type: Type.Literal('terminal.changed'), id }),
])
export type PanelEvent = Static<typeof PanelEvent>
/** An event before the bus has numbered it. */
export type PanelEventBody = PanelEvent extends infer E
  ? E extends { id: string }
    ? Omit<E, 'id'>
    : never
  : never

/** Close codes of the sockets (RFC 6455, 7.4.2: 4000 to 4999 are private). */
export const CLOSE_CODES = {
  ticketInvalid: 4401,
  sessionEnded: 4403,
  badFrame: 4400,
  /** The stream cannot be had now; the reason is an error code of the table, for example SETUP_REQUIRED. */
  refused: 4409,
  tooSlow: 4408,
  /** The terminal goes on in another page. */
  takenOver: 4410,
  tooMany: 4429,
} as const
