/** The front's end of the connection: a {@link Host} that asks the root half for everything. */
import type { Duplex, Readable } from 'node:stream'
import { HostError, SetupError } from '../../errors.ts'
import type { Redactor } from '../../redact.ts'
import type { Host, UserAccount, Watch } from '../host.ts'
import type { ReusedReads } from '../reused-reads.ts'
import { describeAsUser } from '../run-as-user.ts'
import { describeSystemctl } from '../user-units.ts'
import { createAsker } from './ask.ts'
import { askBytes, askItems, askLock, askOnce, askTerminal, type Question, sendBytes } from './asked-verbs.ts'
import { KIND } from './frames.ts'
import { encodeMessage, writeMessage } from './message.ts'
import type { RootHello } from './serve-host.ts'
import { listDigest, VERB_NAMES, VERBS, type VerbName } from './verbs.ts'

/** A host whose machine is in another process. */
export interface ConnectedHost extends Host {
  /** Resolves when the connection has ended: whatever is asked after that fails. */
  readonly closed: Promise<void>
}

/**
 * Takes up the connection to the root half.
 * @param options `redact` masks what only this half knows to be secret, in lines and in errors; `reads` is where the
 * connection's bytes come from, when they are read into memory that is used again
 * @throws {SetupError} HALVES_DIFFER the root half is of another version
 * @throws {HostError} PANEL_RESTARTING it ended the connection
 */
export async function connectHost(
  connection: Duplex,
  options: { readonly redact: Redactor; readonly reads?: ReusedReads },
): Promise<ConnectedHost> {
  const asker = createAsker(connection, options.reads)
  writeMessage(connection, KIND.hello, 0, encodeMessage({ list: listDigest() }))
  const hello = await asker.hello
  if (!isRootHello(hello) || hello.list !== listDigest()) {
    connection.destroy()
    throw new SetupError('HALVES_DIFFER')
  }
  const { hasSystemd } = hello
  const here = {
    describePodman: (user: UserAccount, args: readonly string[]) =>
      describeAsUser(user, ['podman', ...args], hasSystemd),
    describeSystemctl,
    async close() {
      connection.end()
      await asker.closed
    },
    closed: asker.closed,
  }
  const asked = VERB_NAMES.map((name) => [name, verbOf({ asker, redact: options.redact, name, args: [] })])
  return { ...(Object.fromEntries(asked) as Record<VerbName, AnyVerb> as unknown as Host), ...here }
}

type AnyVerb = (...params: unknown[]) => unknown

/** The method of a verb: what of its parameters crosses is the first so many; the others stay with this half. */
function verbOf(base: Question): AnyVerb {
  const { name } = base
  const { kind, args, isAccount } = VERBS[name]
  const question = (params: unknown[]): Question => {
    const crossing = params.slice(0, args.length)
    if (isAccount) crossing[0] = (crossing[0] as UserAccount).name
    while (crossing.length > 0 && crossing.at(-1) === undefined) crossing.pop()
    return { ...base, args: crossing }
  }
  switch (kind) {
    case 'call':
      return (...params) => askOnce(question(params))
    case 'watch':
      return (...params) => askOnce(question(params), params[args.length] as Watch | undefined)
    case 'items':
      return (...params) => askItems(question(params), params[args.length] as AbortSignal)
    case 'bytes-out':
      return (...params) => askBytes(question(params))
    case 'bytes-in':
      return (stream, ...params) => sendBytes(question(params), stream as Readable)
    case 'lock':
      return (...params) => askLock(question(params))
    case 'terminal':
      return (...params) => askTerminal(question(params), params[args.length] as (bytes: Buffer) => void)
    default:
      return async () => {
        throw new HostError('INTERNAL', { detail: `${name} is for processes of root` })
      }
  }
}

function isRootHello(hello: unknown): hello is RootHello {
  return (
    typeof hello === 'object' &&
    hello !== null &&
    'list' in hello &&
    'hasSystemd' in hello &&
    typeof hello.hasSystemd === 'boolean'
  )
}
