/** One-time codes, sessions and socket tickets. Only hashes are kept; nothing here knows HTTP. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AuthError } from '../errors.ts'

const CODE_LIFE_MS = 2 * 60_000
const TICKET_LIFE_MS = 30_000
const IDLE_LIFE_MS = 12 * 3_600_000
const ABSOLUTE_LIFE_MS = 7 * 24 * 3_600_000
const STEP_UP_MS = 10 * 60_000
/** How stale the stored time of last use may be, so that not every request writes the state. */
const TOUCH_EVERY_MS = 60_000
const MAX_PENDING_CODES = 20
const MAX_TICKETS = 200
const MAX_SESSIONS = 50
/** Wrong codes one user may send in a minute; a right one is always taken. */
const MAX_WRONG_CODES = 10
const WRONG_CODE_WINDOW_MS = 60_000

export interface Session {
  readonly idHash: string
  readonly csrfToken: string
  readonly createdAt: number
  lastSeenAt: number
  stepUpUntil: number
}

export interface SessionStore {
  read(): Promise<readonly Session[]>
  write(sessions: readonly Session[]): Promise<void>
}

export interface Sessions {
  /** A code for one login within two minutes: 256 bits, base64url. */
  issueCode(): { code: string; expiresAt: number }
  /** Takes a code in; LOGIN_CODE_INVALID, or RATE_LIMITED after many wrong ones by the same user. */
  redeem(code: string, uid: number): Promise<{ id: string; session: Session }>
  /** The session of a cookie, or null; counts as use. */
  find(id: string | undefined): Promise<Session | null>
  confirm(session: Session): Promise<void>
  end(session: Session): Promise<void>
  /** The one used last first. */
  list(): readonly Session[]
  /** Ends every session, by that voids their tickets, and takes back codes that nobody has used. @returns how many sessions there were */
  endAll(): Promise<number>
  issueTicket(session: Session): string
  /** The session a ticket was made for; each works once. TICKET_INVALID otherwise. */
  redeemTicket(ticket: string): Session
  /** Calls back when the session ends, by logout or age. */
  onEnd(session: Session, listener: () => void): () => void
  expiresAt(session: Session): number
  /** Ends what has grown too old; called when the next one is due, and every ten seconds at the latest. */
  sweep(): Promise<void>
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const secret = (): string => randomBytes(32).toString('base64url')

function isSameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** Compares two secrets in constant time, whatever their lengths. */
export function isSameSecret(a: string, b: string): boolean {
  return isSameHash(hash(a), hash(b))
}

export async function createSessions(store: SessionStore, now: () => number = Date.now): Promise<Sessions> {
  const sessions = new Map((await store.read()).map((session) => [session.idHash, { ...session }]))
  let codes: { codeHash: string; expiresAt: number }[] = []
  const tickets = new Map<string, { idHash: string; expiresAt: number }>()
  const endListeners = new Map<string, Set<() => void>>()
  const wrongCodes = new Map<number, number[]>()

  const save = () => store.write([...sessions.values()])
  const expiresAt = (session: Session) =>
    Math.min(session.lastSeenAt + IDLE_LIFE_MS, session.createdAt + ABSOLUTE_LIFE_MS)

  async function end(session: Session): Promise<void> {
    if (!sessions.delete(session.idHash)) return
    const listeners = endListeners.get(session.idHash) ?? []
    endListeners.delete(session.idHash)
    for (const listener of listeners) listener()
    await save()
  }

  function takeCode(code: string): boolean {
    const wanted = hash(code)
    let isFound = false
    codes = codes.filter((candidate) => {
      const isIt = isSameHash(candidate.codeHash, wanted)
      if (isIt && candidate.expiresAt > now()) isFound = true
      return !isIt && candidate.expiresAt > now()
    })
    return isFound
  }

  function countWrongCode(uid: number): void {
    const recent = (wrongCodes.get(uid) ?? []).filter((time) => time > now() - WRONG_CODE_WINDOW_MS)
    recent.push(now())
    wrongCodes.set(uid, recent.slice(-MAX_WRONG_CODES - 1))
    if (recent.length > MAX_WRONG_CODES) throw new AuthError('RATE_LIMITED')
  }

  return {
    issueCode() {
      const code = secret()
      const expires = now() + CODE_LIFE_MS
      codes = [...codes, { codeHash: hash(code), expiresAt: expires }].slice(-MAX_PENDING_CODES)
      return { code, expiresAt: expires }
    },
    async redeem(code, uid) {
      if (!takeCode(code)) {
        countWrongCode(uid)
        throw new AuthError('LOGIN_CODE_INVALID')
      }
      const id = secret()
      const session: Session = {
        idHash: hash(id),
        csrfToken: secret(),
        createdAt: now(),
        lastSeenAt: now(),
        stepUpUntil: now() + STEP_UP_MS,
      }
      const oldest = [...sessions.values()].sort((a, b) => a.lastSeenAt - b.lastSeenAt)
      for (const old of oldest.slice(0, Math.max(0, sessions.size - MAX_SESSIONS + 1))) await end(old)
      sessions.set(session.idHash, session)
      await save()
      return { id, session }
    },
    async find(id) {
      if (id === undefined || id === '') return null
      const session = sessions.get(hash(id))
      if (!session) return null
      if (expiresAt(session) <= now()) {
        await end(session)
        return null
      }
      if (now() - session.lastSeenAt > TOUCH_EVERY_MS) {
        session.lastSeenAt = now()
        await save()
      }
      return session
    },
    async confirm(session) {
      session.stepUpUntil = now() + STEP_UP_MS
      await save()
    },
    end,
    list: () => [...sessions.values()].sort((a, b) => b.lastSeenAt - a.lastSeenAt),
    async endAll() {
      codes = []
      const all = [...sessions.values()]
      for (const session of all) await end(session)
      return all.length
    },
    issueTicket(session) {
      for (const [key, ticket] of tickets) if (ticket.expiresAt <= now()) tickets.delete(key)
      const [oldest] = tickets.keys()
      if (tickets.size >= MAX_TICKETS && oldest !== undefined) tickets.delete(oldest)
      const ticket = secret()
      tickets.set(hash(ticket), { idHash: session.idHash, expiresAt: now() + TICKET_LIFE_MS })
      return ticket
    },
    redeemTicket(ticket) {
      const key = hash(ticket)
      const found = tickets.get(key)
      tickets.delete(key)
      const session = found && found.expiresAt > now() ? sessions.get(found.idHash) : undefined
      if (!session) throw new AuthError('TICKET_INVALID')
      return session
    },
    onEnd(session, listener) {
      const listeners = endListeners.get(session.idHash) ?? new Set()
      endListeners.set(session.idHash, listeners.add(listener))
      return () => listeners.delete(listener)
    },
    expiresAt,
    async sweep() {
      for (const session of [...sessions.values()]) if (expiresAt(session) <= now()) await end(session)
    },
  }
}
