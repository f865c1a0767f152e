/** What a command of root's names, the panel may use: said to the machine itself, since no request may say so. */
import { dirname, resolve } from 'node:path'
import type { ImageSource } from '../../contract/settings.ts'
import { NotFoundError } from '../errors.ts'
import type { Allowed } from './cli-io.ts'
import type { CommandContext } from './command.ts'
import { chooseSubcommand, refuseOperands } from './parse-arguments.ts'
import { usageError } from './problem-error.ts'
import { printable } from './terminal-text.ts'

/** What backups are called: the only files that are allowed before there are any. */
const BACKUP_NAME = /\.tar\.(gz|zst)$/

/**
 * The user and the image that the command line names, from now on.
 * Errors: USER_UNSUITABLE.
 */
export async function allowNamed(
  { services }: Pick<CommandContext, 'services'>,
  named: {
    readonly user?: string | undefined
    readonly mayBeMissing?: boolean | undefined
    readonly image?: ImageSource | undefined
  },
): Promise<void> {
  const { user, mayBeMissing = false, image } = named
  if (user !== undefined) await services.allowances.addUser(user, mayBeMissing)
  if (image && 'path' in image) await services.allowances.addPath(image.path)
}

/** A path that the command line names, for as long as the command runs. */
export async function whileAllowed<T>(
  { services }: Pick<CommandContext, 'services'>,
  path: string | undefined,
  run: () => Promise<T>,
): Promise<T> {
  if (path === undefined) return run()
  const { allowances } = services
  const wasAllowed = (await allowances.list()).paths.includes(path)
  if (!wasAllowed) await allowances.addPath(path)
  try {
    return await run()
  } finally {
    if (!wasAllowed) await allowances.removePath(path)
  }
}

/** `access user ...` and `access path ...`. */
export async function changeAllowances(
  { services, io, out }: CommandContext,
  subject: 'user' | 'path',
  words: readonly string[],
): Promise<number> {
  const [word, value, ...others] = words
  const what = chooseSubcommand(`access ${subject}`, word, ['add', 'remove', 'list'])
  const operand = subject === 'user' ? 'NAME' : 'PATH'
  if (what === 'list' && value !== undefined) refuseOperands(`access ${subject} list`, [value])
  refuseOperands(`access ${subject} ${what} ${operand}`, others)
  const { allowances } = services
  if (what !== 'list') {
    if (value === undefined || value === '') throw usageError(`access ${subject} ${what} needs ${operand}`)
    if (subject === 'user' && !/^[a-z_][a-z0-9_-]{0,30}$/.test(value))
      throw usageError(`${JSON.stringify(value)} is no user name`)
    const path = resolve(io.cwd, value)
    if (subject === 'user')
      await (what === 'add' ? allowances.addUser(value, true) : allowances.removeUser(value))
    else if (what === 'remove') await allowances.removePath(path)
    else {
      await requirePath(services, path)
      await allowances.addPath(path)
    }
  }
  if (subject === 'user' && what === 'add' && (await services.findAccountName(value ?? '')) === null)
    out.note(printable(`There is no user ${value} yet: it counts from the day there is one.`))
  const allowed = await allowances.list()
  if (out.json) out.document(allowed)
  else for (const line of describe(allowed, subject)) out.line(printable(line))
  return 0
}

/** What is there, or a backup that may be written. Errors: PATH_MISSING. */
async function requirePath({ hasPath }: CommandContext['services'], path: string): Promise<void> {
  // With a slash behind it, only a directory is there (path_resolution(7)).
  const isOrWillBe = (await hasPath(path)) || (BACKUP_NAME.test(path) && (await hasPath(`${dirname(path)}/`)))
  if (!isOrWillBe) throw new NotFoundError('PATH_MISSING', { detail: path })
}

function describe({ users, made, paths }: Allowed, subject: 'user' | 'path'): string[] {
  if (subject === 'path')
    return paths.length === 0 ? ['No path is allowed besides what everybody may read.'] : [...paths]
  const others = [...new Set([...users, ...made])].filter((name) => name !== 'razroom')
  return [`The gateway may run as razroom${others.map((name) => `, ${name}`).join('')}.`]
}
