/** The root-only unix socket of the command line, in a directory only root may enter. */
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ConflictError } from '../errors.ts'

const CONNECT_TIMEOUT_MS = 2_000

/** True when a process accepts connections on this path. */
export async function isSocketLive(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // No socket, or one whose process is gone.
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return false
    throw error
  } finally {
    socket.destroy()
  }
}

/** Makes the place for the socket; OPERATION_RUNNING when a daemon has it already. */
export async function claimControlSocket(runDir: string): Promise<void> {
  const path = join(runDir, 'control.sock')
  await mkdir(runDir, { recursive: true, mode: 0o700 })
  await chmod(runDir, 0o700)
  if (await isSocketLive(path)) {
    throw new ConflictError('OPERATION_RUNNING', { detail: 'another razroom-panel serves on this machine' })
  }
  await rm(path, { force: true })
}

/** A path for a socket of this process alone; the directory is the caller's to remove. */
export async function makePrivateSocketPath(runDir: string): Promise<{ directory: string; path: string }> {
  await mkdir(runDir, { recursive: true, mode: 0o700 })
  const directory = await mkdtemp(join(runDir, 'cli-'))
  return { directory, path: join(directory, 'control.sock') }
}
