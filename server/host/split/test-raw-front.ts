/** For tests: a front that says whatever it likes, byte by byte. */
import type { Socket } from 'node:net'
import { vi } from 'vitest'
import type { Host } from '../host.ts'
import { createFrameReader, creditPayload, type Frame, KIND, type Kind, writeFrame } from './frames.ts'
import { decodeMessage, encodeMessage, writeMessage } from './message.ts'
import { serveHost } from './serve-host.ts'
import { ADMISSION, machineOf, NO_BOUNDS, socketPair } from './test-halves.ts'
import { listDigest, VERB_NAMES } from './verbs.ts'

export interface RawFront {
  readonly socket: Socket
  /** All that came, bytes of streams in pieces. */
  readonly seen: Frame[]
  send(kind: number, id: number, payload?: Uint8Array): void
  call(name: string, id: number, args: unknown, more?: object): void
  grant(id: number, bytes: number): void
  hello(): void
  /** The message that came for this call. */
  answer(id: number, kind?: Kind): Promise<unknown>
  /** The root half has ended the connection. */
  readonly ended: Promise<void>
}

/** A root half over this machine, and a front that has said nothing yet. */
export async function startRawFront(
  verbs: Partial<Host>,
  bounds = NO_BOUNDS,
): Promise<RawFront & { readonly closed: Promise<void> }> {
  const { root, front } = await socketPair()
  const { closed } = serveHost(machineOf(verbs).host, root, { admission: ADMISSION, bounds })
  return { ...speakRaw(front), closed }
}

export function speakRaw(socket: Socket): RawFront {
  const seen: Frame[] = []
  const reader = createFrameReader((frame) => seen.push({ ...frame, payload: Buffer.from(frame.payload) }))
  socket.on('data', (bytes: Buffer) => reader.push(bytes))
  socket.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return {
    socket,
    seen,
    ended,
    send: (kind, id, payload) => writeFrame(socket, kind as Kind, id, payload),
    call(name, id, args, more = {}) {
      const verb = Buffer.alloc(2)
      verb.writeUInt16LE((VERB_NAMES as readonly string[]).indexOf(name))
      writeMessage(socket, KIND.call, id, Buffer.concat([verb, encodeMessage({ args, ...more })]))
    },
    grant: (id, bytes) => writeFrame(socket, KIND.credit, id, creditPayload(bytes)),
    hello: () => writeMessage(socket, KIND.hello, 0, encodeMessage({ list: listDigest() })),
    answer: async (id, kind) => {
      const isIt = (frame: Frame) =>
        frame.id === id && (kind === undefined ? isAnswer(frame.kind) : frame.kind === kind)
      const frame = await vi.waitUntil(() => seen.find(isIt), { timeout: 10_000, interval: 5 })
      return decodeMessage(frame.payload)
    },
  }
}

function isAnswer(kind: number): boolean {
  return kind === KIND.result || kind === KIND.error
}

/** A terminal whose program goes on until it is told to end. */
export function terminalWithoutEnd() {
  const ended = Promise.withResolvers<number | null>()
  return {
    write: () => undefined,
    resize: () => undefined,
    setPaused: () => undefined,
    end: () => ended.resolve(null),
    ended: ended.promise,
  }
}
