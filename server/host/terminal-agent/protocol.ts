/** What the panel and its terminal agent say to each other: one JSON document a line, both ways. */
import Type, { type Static } from 'typebox'

const size = { cols: Type.Integer(), rows: Type.Integer() }

/** The first line. Both programs are argv, the first word an absolute path. */
export const AgentStart = Type.Object({
  argv: Type.Array(Type.String(), { minItems: 1 }),
  /** Run when the program has ended, however it did. */
  cleanUp: Type.Array(Type.String(), { minItems: 1 }),
  ...size,
})
export type AgentStart = Static<typeof AgentStart>

export const AgentOrder = Type.Union([
  Type.Object({ type: Type.Literal('input'), data: Type.String() }),
  Type.Object({ type: Type.Literal('resize'), ...size }),
  Type.Object({ type: Type.Literal('pause') }),
  Type.Object({ type: Type.Literal('resume') }),
  Type.Object({ type: Type.Literal('end') }),
])
export type AgentOrder = Static<typeof AgentOrder>

export const AgentReport = Type.Union([
  Type.Object({ type: Type.Literal('output'), data: Type.String({ description: 'bytes in base64' }) }),
  /** `code` null: ended by a signal. What the terminal left behind is gone by then. */
  Type.Object({ type: Type.Literal('exit'), code: Type.Union([Type.Integer(), Type.Null()]) }),
])
export type AgentReport = Static<typeof AgentReport>

/** A line above this is not one of ours: the largest is a read of a terminal, in base64. */
export const MAX_LINE_BYTES = 262_144
