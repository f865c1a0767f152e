import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Saves a file so that a crash leaves the old or the new content, never a part: a new file (0600) beside it,
 * fsync, rename, fsync of the directory. A missing directory is made (0700).
 * @param options.backups also keeps the last three versions as `.bak`, `.bak.1`, `.bak.2`
 * @throws the system error; the old file is then whole and nothing is left beside it
 */
export function saveFile(path: string, content: string | Buffer, options: { backups?: boolean } = {}): void {
  const directory = dirname(path)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode: 0o600, flush: true })
    if (options.backups) rotateBackups(path)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function rotateBackups(path: string): void {
  if (!existsSync(path)) return
  for (const [from, to] of [
    ['.bak.1', '.bak.2'],
    ['.bak', '.bak.1'],
  ]) {
    if (existsSync(`${path}${from}`)) renameSync(`${path}${from}`, `${path}${to}`)
  }
  copyFileSync(path, `${path}.bak`)
  // copyFile keeps the mode of the original, which somebody else may have made.
  chmodSync(`${path}.bak`, 0o600)
}
