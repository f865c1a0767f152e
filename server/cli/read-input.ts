import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { MAX_ENV_FILE_BYTES } from '../../contract/rules.ts'
import { ConflictError, InputError } from '../errors.ts'
import type { CliInput, CliIo } from './cli-io.ts'

/** All of standard input as text. Errors: FILE_TOO_LARGE above 1 MiB, ENV_NOT_UTF8. */
export async function readInput(stdin: CliInput): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array)
    size += bytes.length
    if (size > MAX_ENV_FILE_BYTES)
      throw new InputError('FILE_TOO_LARGE', {
        detail: `standard input has more than ${MAX_ENV_FILE_BYTES} bytes`,
      })
    chunks.push(bytes)
  }
  return decodeUtf8(Buffer.concat(chunks), 'standard input')
}

/** The text of UTF-8 bytes, a byte order mark kept: it is a finding. Errors: ENV_NOT_UTF8. */
export function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new InputError('ENV_NOT_UTF8', { detail: where, cause })
  }
}

/** Asks on a terminal without showing what is typed. Errors: OPERATION_CANCELLED on Ctrl-C, Ctrl-D. */
export async function readHidden(io: CliIo, question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: io.stdin, output: silent, terminal: true, historySize: 0 })
  io.stderr.write(question)
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = (): void =>
        reject(new ConflictError('OPERATION_CANCELLED', { detail: 'nothing was saved' }))
      reader.once('SIGINT', cancel)
      reader.once('close', cancel)
      reader.question('').then(resolve, reject)
    })
  } finally {
    reader.close()
    io.stderr.write('\n')
  }
}
