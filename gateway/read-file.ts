import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** None of the gateway's files comes near it. */
const MAX_BYTES = 16_777_216

/**
 * The text of a file of the state directory, which its user may have replaced by anything: a device or a pipe would be
 * read without end, or for ever.
 * @throws {NodeJS.ErrnoException} what open(2) says; EINVAL for what is no regular file, EFBIG above 16 MiB
 */
export function readText(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(file)
    if (found.isDirectory()) throw refusal('EISDIR', 'illegal operation on a directory', path)
    if (!found.isFile()) throw refusal('EINVAL', 'not a regular file', path)
    if (found.size > MAX_BYTES) throw refusal('EFBIG', 'file too large', path)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function refusal(code: string, reason: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${reason}, open '${path}'`), { code })
}
