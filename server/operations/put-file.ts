import type { Host, UserAccount } from '../host/host.ts'
import { ABSENT_ETAG } from './gateway-files.ts'

/** Configuration as the panel is willing to read it, in bytes. */
export const MAX_SMALL_FILE_BYTES = 1_048_576

/** Writes a file unless it has these bytes already; says whether it did. */
export async function putFile(
  host: Host,
  user: UserAccount,
  path: string,
  text: string,
  mode: number,
): Promise<'kept' | 'new' | 'changed'> {
  const bytes = new TextEncoder().encode(text)
  const present = await host.readUserFile(user, path, MAX_SMALL_FILE_BYTES)
  if (present && present.mode === mode && Buffer.compare(present.bytes, bytes) === 0) return 'kept'
  await host.writeUserFile(user, { path, bytes, mode, expectedEtag: present?.etag ?? ABSENT_ETAG })
  return present ? 'changed' : 'new'
}
