/** Frames of the terminal: fixed commands of the gateway in a browser, never a shell and never free arguments. */
import Type, { type Static } from 'typebox'

const strict = { additionalProperties: false } as const

/** What can be run there; the words of each are in server/domain/terminal-commands.ts. */
export const TerminalCommand = Type.Enum([
  'onboard',
  'configure',
  'channels-login',
  'doctor',
  'models-status',
  'security-audit',
])
export type TerminalCommand = Static<typeof TerminalCommand>

/** The same limits for the first size and for each later one. */
const size = {
  cols: Type.Integer({ minimum: 20, maximum: 500 }),
  rows: Type.Integer({ minimum: 5, maximum: 200 }),
}

/** First frame. With `resume` the terminal of that page goes on where it was; when it has ended, nothing is started. */
export const TerminalHello = Type.Object(
  {
    type: Type.Literal('hello'),
    ticket: Type.String({ minLength: 1, maxLength: 128 }),
    command: TerminalCommand,
    ...size,
    resume: Type.Optional(Type.String({ maxLength: 64 })),
  },
  strict,
)
export type TerminalHello = Static<typeof TerminalHello>

/** What the browser says after its hello. */
export const TerminalMessage = Type.Union([
  /** Keys, or a piece of what was pasted. */
  Type.Object({ type: Type.Literal('input'), data: Type.String({ maxLength: 2_048 }) }, strict),
  Type.Object({ type: Type.Literal('resize'), ...size }, strict),
  /** So many bytes of output are drawn: the panel sends no more than the browser keeps up with. */
  Type.Object(
    { type: Type.Literal('drawn'), bytes: Type.Integer({ minimum: 1, maximum: 4_194_304 }) },
    strict,
  ),
  /** The program is to end. */
  Type.Object({ type: Type.Literal('end') }, strict),
  /** After `busy`: the terminal of the other page goes on in this one. */
  Type.Object({ type: Type.Literal('takeOver') }, strict),
])
export type TerminalMessage = Static<typeof TerminalMessage>

/** Whether somebody is in the one terminal there is. */
export const TerminalState = Type.Object({
  isBusy: Type.Boolean(),
  command: Type.Optional(TerminalCommand),
  startedAt: Type.Optional(Type.String({ description: 'ISO time' })),
  isAttached: Type.Optional(
    Type.Boolean({ description: 'false while its page is away: a reload, or a lost connection' }),
  ),
})
export type TerminalState = Static<typeof TerminalState>

/** `ended`: by itself; `closed`: a person ended it, or was away too long; `idle`: nobody typed; `lost`: it was killed. */
export const TerminalEnd = Type.Enum(['ended', 'closed', 'idle', 'lost'])
export type TerminalEnd = Static<typeof TerminalEnd>

export const TerminalFrame = Type.Union([
  Type.Object({
    type: Type.Literal('started'),
    command: TerminalCommand,
    /** Takes the terminal up again after a reload or a lost connection, within the time of grace. */
    resume: Type.String(),
    startedAt: Type.String(),
    /** Inside the running gateway, or in a container of its own. */
    place: Type.Enum(['gateway', 'own']),
    isResumed: Type.Boolean(),
  }),
  /** Somebody is in it: nothing follows until `takeOver`. */
  Type.Object({
    type: Type.Literal('busy'),
    command: TerminalCommand,
    startedAt: Type.String(),
    /** False while that page is away: a reload, or a lost connection. */
    isAttached: Type.Boolean(),
  }),
  /** Bytes in base64: a piece may end within a character. `isReplay`: they were shown before. */
  Type.Object({
    type: Type.Literal('output'),
    data: Type.String(),
    isReplay: Type.Optional(Type.Literal(true)),
  }),
  Type.Object({
    type: Type.Literal('exit'),
    reason: TerminalEnd,
    code: Type.Union([Type.Integer(), Type.Null()]),
  }),
])
export type TerminalFrame = Static<typeof TerminalFrame>
