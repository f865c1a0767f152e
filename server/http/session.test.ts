import { beforeEach, describe, expect, it } from 'vitest'
import { createSessions, type Session, type Sessions } from './session.ts'

let now = 0
let stored: readonly Session[] = []
const store = {
  read: async () => stored,
  write: async (sessions: readonly Session[]) => {
    stored = structuredClone(sessions)
  },
}
let sessions: Sessions

beforeEach(async () => {
  now = 1_000_000
  stored = []
  sessions = await createSessions(store, () => now)
})

async function login(): Promise<{ id: string; session: Session }> {
  return sessions.redeem(sessions.issueCode().code, 0)
}

describe('login codes', () => {
  it('are 256 bits and work once', async () => {
    const { code } = sessions.issueCode()
    expect(Buffer.from(code, 'base64url')).toHaveLength(32)
    await sessions.redeem(code, 0)
    await expect(sessions.redeem(code, 0)).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' })
  })

  it('end after two minutes', async () => {
    const { code, expiresAt } = sessions.issueCode()
    expect(expiresAt - now).toBe(120_000)
    now += 120_000
    await expect(sessions.redeem(code, 0)).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' })
  })

  it('many wrong ones by one user are limited, a right one is still taken', async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      await expect(sessions.redeem('wrong', 65534)).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' })
    }
    await expect(sessions.redeem('wrong', 65534)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await expect(sessions.redeem('wrong', 1000)).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' })
    await expect(login()).resolves.toBeDefined()
  })
})

describe('sessions', () => {
  it('are stored hashed and outlive a restart', async () => {
    const { id, session } = await login()
    expect(JSON.stringify(stored)).not.toContain(id)
    const restarted = await createSessions(store, () => now)
    expect((await restarted.find(id))?.idHash).toBe(session.idHash)
  })

  it('end when idle for twelve hours and, however busy, after seven days', async () => {
    const { id } = await login()
    now += 12 * 3_600_000 - 1
    expect(await sessions.find(id)).not.toBeNull()
    now += 12 * 3_600_000
    expect(await sessions.find(id)).toBeNull()
    const busy = await login()
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      now += 6 * 3_600_000
      expect(await sessions.find(busy.id)).not.toBeNull()
    }
    now += 6 * 3_600_000
    expect(await sessions.find(busy.id)).toBeNull()
  })

  it('tell their listeners when they end, by logout or by age', async () => {
    const ended: string[] = []
    const first = await login()
    const second = await login()
    sessions.onEnd(first.session, () => ended.push('first'))
    sessions.onEnd(second.session, () => ended.push('second'))
    await sessions.end(first.session)
    now += 12 * 3_600_000
    await sessions.sweep()
    expect(ended).toEqual(['first', 'second'])
  })

  it('are at most fifty: the one that nobody used for longest makes room', async () => {
    const first = await login()
    const others: string[] = []
    for (let count = 1; count < 50; count += 1) {
      now += 1
      others.push((await login()).id)
    }
    now += 61_000
    // Used just now, so the next one is the oldest.
    expect(await sessions.find(first.id)).not.toBeNull()
    const ended: string[] = []
    const oldest = sessions.list().at(-1)
    if (oldest) sessions.onEnd(oldest, () => ended.push('oldest'))
    await login()
    expect([sessions.list().length, stored.length, ended]).toEqual([50, 50, ['oldest']])
    expect(await sessions.find(others[0])).toBeNull()
    expect(await sessions.find(others[1])).not.toBeNull()
    expect(await sessions.find(first.id)).not.toBeNull()
  })

  it('end all at once, with codes and tickets that nobody has used', async () => {
    const ended: string[] = []
    const [first, second] = [await login(), await login()]
    sessions.onEnd(second.session, () => ended.push('second'))
    const { code } = sessions.issueCode()
    const ticket = sessions.issueTicket(first.session)
    expect(await sessions.endAll()).toBe(2)
    expect([await sessions.find(first.id), await sessions.find(second.id)]).toEqual([null, null])
    expect([stored, sessions.list(), ended]).toEqual([[], [], ['second']])
    await expect(sessions.redeem(code, 0)).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' })
    expect(() => sessions.redeemTicket(ticket)).toThrow(expect.objectContaining({ code: 'TICKET_INVALID' }))
    const again = await createSessions(store, () => now)
    expect(await again.find(first.id)).toBeNull()
    await expect(login()).resolves.toBeDefined()
  })

  it('count as confirmed for ten minutes after login or a confirmation', async () => {
    const { session } = await login()
    expect(session.stepUpUntil - now).toBe(600_000)
    now += 700_000
    await sessions.confirm(session)
    expect(session.stepUpUntil - now).toBe(600_000)
  })
})

describe('socket tickets', () => {
  it('work once, within thirty seconds, for the session that asked', async () => {
    const { session } = await login()
    const ticket = sessions.issueTicket(session)
    expect(sessions.redeemTicket(ticket).idHash).toBe(session.idHash)
    expect(() => sessions.redeemTicket(ticket)).toThrow(expect.objectContaining({ code: 'TICKET_INVALID' }))
    const late = sessions.issueTicket(session)
    now += 30_000
    expect(() => sessions.redeemTicket(late)).toThrow(expect.objectContaining({ code: 'TICKET_INVALID' }))
  })

  it('are void once the session has ended', async () => {
    const { session } = await login()
    const ticket = sessions.issueTicket(session)
    await sessions.end(session)
    expect(() => sessions.redeemTicket(ticket)).toThrow(expect.objectContaining({ code: 'TICKET_INVALID' }))
  })
})
