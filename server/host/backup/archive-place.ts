/** Where a backup is written to and read from: by root only where nobody else can put something else in its place. */
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { isAbsolutePath } from '../../../contract/rules.ts'
import { InputError } from '../../errors.ts'
import type { Watch } from '../host.ts'
import { findReader } from '../source-directory.ts'
import {
  commitTemp,
  discardTemp,
  missingDirectory,
  openArchive,
  tempBeside,
  writeTemp,
} from './archive-files.ts'
import { type BackupProgram, readAgent, runAgent } from './backup-process.ts'
import { compressionOf } from './format.ts'

export interface NewArchive {
  /** @returns its size in bytes */
  write(content: Readable, watch: Watch | undefined): Promise<number>
  /** Reads back what was written. */
  read<T>(consume: (file: Readable) => Promise<T>, watch: Watch | undefined): Promise<T>
  /** Puts it in place. BACKUP_EXISTS when the name is taken. */
  commit(): Promise<void>
  discard(): Promise<void>
}

/**
 * A new file for a backup, written with the rights of root where root alone leads there, else with those of the owner
 * of the first directory on the way that is not root's (as source-directory.ts does for builds).
 * @throws {InputError} REQUEST_INVALID no such directory, or another kind of name
 */
export async function newArchive(program: BackupProgram, path: string): Promise<NewArchive> {
  if (!isAbsolutePath(path) || path.endsWith('/')) {
    const fields = [{ path: 'body.path', message: 'not an absolute path of a file' }]
    throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(path)} names no file`, fields })
  }
  if (compressionOf(basename(path)) === null) {
    const fields = [{ path: 'body.path', message: 'ends neither in .tar.zst nor in .tar.gz' }]
    throw new InputError('REQUEST_INVALID', {
      detail: `${basename(path)}: the name says how it is packed: .tar.zst or .tar.gz`,
      fields,
    })
  }
  const directory = dirname(path)
  const owner = await findReader(directory).catch((error: unknown) => {
    throw error instanceof InputError ? asDirectoryError(error, directory) : error
  })
  const temp = tempBeside(path)
  if (owner === null) {
    return {
      write: (content) => writeTemp(temp, content),
      read: async (consume) => consume((await openArchive(temp)).stream),
      commit: () => commitTemp(temp, path),
      discard: () => discardTemp(temp),
    }
  }
  return {
    async write(content, watch) {
      const said: unknown = JSON.parse(
        await runAgent(program, { owner, args: ['store', temp], stdin: content, watch }),
      )
      return (said as { sizeBytes: number }).sizeBytes
    },
    read: (consume, watch) => readAgent(program, { owner, args: ['fetch', temp], watch }, consume),
    commit: async () => void (await runAgent(program, { owner, args: ['commit', temp, path] })),
    discard: async () => void (await runAgent(program, { owner, args: ['discard', temp] })),
  }
}

function asDirectoryError(error: InputError, directory: string): InputError {
  const isMissing = error.detail?.endsWith('does not exist') === true
  return isMissing
    ? missingDirectory(directory, error)
    : new InputError('REQUEST_INVALID', {
        detail: error.detail ?? directory,
        fields: [{ path: 'body.path', message: 'no place for a backup' }],
        cause: error,
      })
}

/**
 * Opens a file that a person named, with the same rights.
 * @throws {InputError} ARCHIVE_NOT_FOUND, BACKUP_INVALID
 */
export async function readArchiveFile<T>(
  program: BackupProgram,
  path: string,
  consume: (file: Readable) => Promise<T>,
  watch?: Watch,
): Promise<T> {
  if (!isAbsolutePath(path)) throw new InputError('ARCHIVE_NOT_FOUND', { detail: JSON.stringify(path) })
  const owner = await (program.findReader ?? findReader)(path).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error
    throw new InputError('ARCHIVE_NOT_FOUND', { detail: error.detail ?? path, cause: error })
  })
  if (owner === null) return consume((await openArchive(path)).stream)
  return readAgent(program, { owner, args: ['fetch', path], watch }, consume)
}

/** A file of the panel's own directory of backups. */
export function ownArchive(directory: string, name: string): string {
  return join(directory, name)
}
