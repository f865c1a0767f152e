/**
 * The backup agent: a program that is run as the gateway's user for one piece of work below that user's home (save,
 * list, room, restore), or as the owner of a directory for one file of a backup there (store, commit, discard, fetch). What it
 * has to say goes to stdout; an error is one line of JSON on stderr and the exit code 1. It ends with its streams.
 */
import { json } from 'node:stream/consumers'
import { HostError, PanelError } from '../../errors.ts'
import type { TreeRequest } from '../backup/agent-messages.ts'
import { commitTemp, discardTemp, openArchive, writeTemp } from '../backup/archive-files.ts'
import { fileError } from '../user-agent/file-errors.ts'
import { listTree } from './list-tree.ts'
import { measureRoom } from './measure-room.ts'
import { restoreTree } from './restore-tree.ts'
import { saveTree } from './save-tree.ts'

async function work(verb: string | undefined, path: string, other: string): Promise<void> {
  const { stdin, stdout } = process
  switch (verb) {
    case 'save':
      return saveTree((await json(stdin)) as TreeRequest, stdout)
    case 'list':
      return listTree((await json(stdin)) as TreeRequest, stdout)
    case 'room':
      return print(await measureRoom((await json(stdin)) as TreeRequest))
    case 'restore':
      return print(await restoreTree(stdin))
    case 'store':
      return print({ sizeBytes: await writeTemp(path, stdin) })
    case 'commit':
      return commitTemp(path, other)
    case 'discard':
      return discardTemp(path)
    case 'fetch': {
      const { stream } = await openArchive(path)
      for await (const chunk of stream) if (!stdout.write(chunk)) await drained()
      return
    }
    default:
      throw new HostError('INTERNAL', { detail: `${verb} is no work of the backup agent` })
  }
}

function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve)
  })
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

function toKnown(error: unknown): PanelError {
  if (error instanceof PanelError) return error
  if (error instanceof Error && 'syscall' in error)
    return fileError(error, 'path' in error ? String(error.path) : '')
  return new HostError('INTERNAL', { detail: String(error), cause: error })
}

process.umask(0o077)
// The panel is gone: there is nobody to tell.
process.stdout.on('error', () => process.exit(1))
const [verb, path = '', other = ''] = process.argv.slice(2)
try {
  await work(verb, path, other)
} catch (error) {
  const { code, detail } = toKnown(error)
  process.stderr.write(`${JSON.stringify({ code, detail: (detail ?? code).slice(0, 2_000) })}\n`)
  process.exitCode = 1
}
