/**
 * Ends the program with messages that a person (or the panel) can act on.
 *
 * Each entry of `messages` is printed as one early error; an entry may hold several lines, as the real
 * gateway's do (docs/facts/razroom-gateway.md, "Fatal lines"). The exit code is 1 unless told otherwise.
 */
export class FatalError extends Error {
  readonly messages: readonly string[]
  readonly exitCode: number

  constructor(messages: readonly string[], options: { exitCode?: number; cause?: unknown } = {}) {
    super(messages.join('\n'), options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'FatalError'
    this.messages = messages
    this.exitCode = options.exitCode ?? 1
  }
}

/** The `code` of a Node system error such as `ENOENT`, or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** An unknown thrown value as `Error: message`, the form the real gateway prints. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `Error: ${error.message}` : String(error)
}
