import type { Socket } from 'node:net'

/** Carries bytes both ways, with the end of each direction and backpressure; an error of one ends the other. */
export function joinSockets(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to)
    // What has gone wrong on one side the other sees as an end; nobody here can mend it.
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroySoon())
  }
}
