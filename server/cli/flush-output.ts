import type { Writable } from 'node:stream'

/**
 * Resolves when all that was written has been handed to the system, or can't be any more. A pipe takes 64 KiB at once
 * (pipe(7)); what waits behind that is lost when the process exits.
 */
export async function flushOutput(stream: Writable): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return
  // An error of the stream is told to its listeners; here it only ends the wait.
  await new Promise<void>((resolve) => stream.write('', () => resolve()))
}
