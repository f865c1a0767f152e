/** What an entry of the audit log may hold: short plain texts, and the names of users as this machine knows them. */
import { type AuditNote, type AuditWho, MAX_AUDIT_DETAILS, MAX_AUDIT_VALUE } from '../../contract/audit.ts'
import type { RunCommand } from './run-command.ts'
import { parsePasswdLine } from './user-account.ts'

const NAME_LIFE_MS = 60_000
const MAX_NAMES = 256
const GETENT_TIMEOUT_MS = 5_000
/** C0, DEL, C1, line separators, and the marks that turn the reading direction (Unicode UAX #9). */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g

/** Text as it may stand in the log: whole characters, no control characters, so long and no longer. */
export function boundedText(text: string, max: number): string {
  const clean = text
    .slice(0, max * 4)
    .toWellFormed()
    .replace(CONTROL, ' ')
  if (clean.length <= max) return clean
  return `${clean
    .slice(0, max - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`
}

/** The note with every text in its limits. */
export function boundedNote({
  details,
  what,
  action,
  code,
  operationId,
  who,
  ...rest
}: AuditNote): AuditNote {
  return {
    ...rest,
    what: boundedText(what, 120),
    action: boundedText(action, 64),
    details: details.slice(0, MAX_AUDIT_DETAILS).map(({ name, value }) => ({
      name: boundedText(name, 40),
      value: boundedText(value, MAX_AUDIT_VALUE),
    })),
    who: { ...who, ...(who.session === undefined ? {} : { session: boundedText(who.session, 8) }) },
    ...(code === undefined ? {} : { code: boundedText(code, 64) }),
    ...(operationId === undefined ? {} : { operationId: boundedText(operationId, 64) }),
  }
}

export type NameOf = (uid: number) => Promise<string | undefined>

/** With the names of its users, and with none that came along. */
export async function withNames(who: AuditWho, nameOf: NameOf): Promise<AuditWho> {
  const { user: _user, saidUser: _said, ...rest } = who
  const user = who.uid === undefined ? undefined : await nameOf(who.uid)
  const saidUser = who.saidUid === undefined ? undefined : await nameOf(who.saidUid)
  return { ...rest, ...(user === undefined ? {} : { user }), ...(saidUser === undefined ? {} : { saidUser }) }
}

/**
 * Names by getent(1). One that was looked up more than a minute ago is told once more, and looked up anew meanwhile: no
 * entry waits for a program but the first one of a user.
 */
export function createNames(run: RunCommand): NameOf {
  const known = new Map<number, { name: Promise<string | undefined>; until: number }>()
  return (uid) => {
    const found = known.get(uid)
    if (found && found.until > Date.now()) return found.name
    if (known.size >= MAX_NAMES) known.clear()
    const name = lookUp(run, uid)
    known.set(uid, { name, until: Date.now() + NAME_LIFE_MS })
    return found?.name ?? name
  }
}

async function lookUp(run: RunCommand, uid: number): Promise<string | undefined> {
  try {
    const argv = ['getent', 'passwd', '--', String(uid)] as const
    const { stdout } = await run(argv, { timeoutMs: GETENT_TIMEOUT_MS, okExitCodes: [0, 2] })
    const name = parsePasswdLine(stdout.split('\n')[0] ?? '')?.name
    return name === undefined ? undefined : boundedText(name, 64)
  } catch {
    // A directory service that is down must not keep the entry from the log: the number says who it was.
    return undefined
  }
}
