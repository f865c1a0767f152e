/** Whether a failed file call failed because the file is not there. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

/** Whether a failed system call failed with one of `codes`, for example `EBUSY`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
