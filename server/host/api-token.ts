import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeOwnFile } from './durable-file.ts'

/** The token of `Authorization: Bearer` for scripts: 256 bits, base64url, 0600. Remove the file to have a new one made. */
export async function readApiToken(stateDir: string): Promise<string> {
  const path = join(stateDir, 'api-token')
  try {
    const token = (await readFile(path, 'utf8')).trim()
    if (/^[A-Za-z0-9_-]{43}$/.test(token)) return token
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const token = randomBytes(32).toString('base64url')
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await writeOwnFile(path, `${token}\n`, 0o600)
  return token
}
