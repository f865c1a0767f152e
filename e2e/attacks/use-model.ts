/** What is known of a panel that several pages use at once, and what of its answers cannot be. Knows no sockets. */
import { createHash } from 'node:crypto'
import { endOf } from './events-order.ts'
import type { EventsConnection, PageAnswer } from './pages.ts'
import type { OperationName } from './use-plan.ts'

export const hashOf = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex')
export const codeIn = ({ body }: PageAnswer): string => /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? ''
const TOKEN_LINE = /^RAZROOM_GATEWAY_TOKEN=.*$/m
/** A file but for what a rotation may write there at any moment. */
const withoutToken = (text: string): string => text.replace(TOKEN_LINE, 'RAZROOM_GATEWAY_TOKEN=')

/** The text with a variable set: its last line changed, or another one at the end. */
export function withVariable(text: string, key: string, value: string): string {
  const line = new RegExp(`^${key}=.*$`, 'm')
  return line.test(text) ? text.replace(line, `${key}=${value}`) : `${text}${key}=${value}\n`
}

/** The text with a comment of a page at its top. */
export const withComment = (text: string, comment: string): string =>
  `// by a page: ${comment}\n${text.replace(/^\/\/ by a page: .*\n/, '')}`

interface Accepted {
  readonly id: string
  readonly name: OperationName
  readonly sentAt: number
}

/** One save of a round: what it would make of the file, and how it was answered. */
export interface SaveTry {
  readonly isStale: boolean
  readonly text: string
  readonly answer: PageAnswer
}

export interface UseModel {
  /** Ids in the order of their acceptance. */
  readonly accepted: Accepted[]
  readonly faults: string[]
  /** Saves that were made, and those that were refused. */
  readonly saves: { won: number; lost: number }
  refusals: number
  /** A rotation may write to .env now, or has since that moment. */
  mayRotateSince(at: number): boolean
  noteOperation(name: OperationName, answer: PageAnswer): void
  noteCancel(id: string, answer: PageAnswer): void
  noteToken(answer: PageAnswer, sinceAt: number): void
  /** Of one file in one round: at most one save wins, and it is what is there now. */
  judgeSaves(
    file: 'env' | 'config',
    before: string,
    now: string,
    tries: readonly SaveTry[],
    sinceAt: number,
  ): void
  /** 'running' or 'stopped' when that must be so; null after something was cancelled. */
  wantedState(): 'running' | 'stopped' | null
  /** Tokens that counted once and may not any more. */
  formerTokens(token: string): string[]
  /** Once everything has ended. */
  judgeRefusals(): void
}

/** @param watcher a connection that is there from the beginning to the end */
export function createModel(watcher: EventsConnection): UseModel {
  const accepted: Accepted[] = []
  const faults: string[] = []
  const refused: PageAnswer[] = []
  const cancels: { id: string; answer: PageAnswer }[] = []
  const tokens = new Set<string>()
  /** The one that counts; null while nobody has seen it. */
  let token: string | null = null
  let tokenAt = 0
  const saves = { won: 0, lost: 0 }

  function mayRotateSince(at: number): boolean {
    return accepted.some(({ id, name }) => name === 'rotate' && (endOf(watcher, id)?.at ?? Infinity) >= at)
  }

  return {
    accepted,
    faults,
    saves,
    refusals: 0,
    mayRotateSince,
    noteOperation(name, answer) {
      const { status, body, sentAt } = answer
      if (status === 202)
        accepted.push({ id: (JSON.parse(body) as { operationId: string }).operationId, name, sentAt })
      else if (codeIn(answer) === 'OPERATION_RUNNING') {
        refused.push(answer)
        this.refusals += 1
      } else faults.push(`${name}: ${status} ${body}`)
    },
    noteCancel(id, answer) {
      const isKnown = accepted.some((operation) => operation.id === id)
      const told = `${answer.status} ${codeIn(answer)}`.trim()
      if (!(isKnown ? ['204', '409 OPERATION_FINISHED'] : ['404 OPERATION_NOT_FOUND']).includes(told))
        faults.push(`cancel ${id}: ${told}`)
      else if (isKnown) cancels.push({ id, answer })
    },
    noteToken(answer, sinceAt) {
      if (answer.status !== 200) {
        faults.push(`reveal: ${answer.status} ${answer.body}`)
        return
      }
      const told = (JSON.parse(answer.body) as { token: string }).token
      if (mayRotateSince(sinceAt)) return
      if (token !== null && !mayRotateSince(tokenAt) && told !== token)
        faults.push('the token is another without a rotation')
      token = told
      tokenAt = answer.at
      tokens.add(told)
    },
    judgeSaves(file, before, now, tries, sinceAt) {
      const isTorn = file === 'env' && mayRotateSince(sinceAt)
      const code = file === 'env' ? '412 ENV_CHANGED' : '412 CONFIG_CHANGED'
      // What changes nothing takes nothing from anybody.
      const changing = tries.filter(({ text }) => text !== before)
      const won = changing.filter(({ answer }) => answer.status === 200)
      const right = changing.filter(({ isStale }) => !isStale)
      for (const { answer, isStale, text } of tries) {
        const told = `${answer.status} ${codeIn(answer)}`.trim()
        if (answer.status === 200 && isStale) faults.push(`${file}: saved against another version`)
        else if (answer.status === 200 && !answer.body.includes(hashOf(text)))
          faults.push(`${file}: another etag than its own`)
        else if (answer.status !== 200 && told !== code) faults.push(`${file}: ${told}: ${answer.body}`)
      }
      const least = right.length > 0 && !isTorn ? 1 : 0
      if (won.length > 1 || won.length < least)
        faults.push(`${file}: ${won.length} of ${right.length} saves won`)
      const wanted = won[0]?.text ?? before
      const isSame = isTorn ? withoutToken(now) === withoutToken(wanted) : now === wanted
      if (!isSame)
        faults.push(
          `${file}: is not what was saved last:\n${withoutToken(now)}\nwanted:\n${withoutToken(wanted)}`,
        )
      saves.won += won.length
      saves.lost += changing.length - won.length
    },
    wantedState() {
      let state: 'running' | 'stopped' | null = 'running'
      // In the order in which they ran: the end of one is told when the status is current, and the next may be over by then.
      for (const { event } of watcher.events) {
        if (event.type !== 'operation.started') continue
        const ended = endOf(watcher, event.operation.id)?.operation
        if (ended?.state !== 'succeeded') state = null
        else if (ended.kind === 'stop-gateway') state = 'stopped'
        else if (ended.kind !== 'rotate-token') state = 'running'
      }
      return state
    },
    formerTokens: (now) => [...tokens].filter((known) => known !== now),
    judgeRefusals() {
      for (const { sentAt, at } of refused) {
        const isRight = accepted.some(
          (other) => other.sentAt <= at && (endOf(watcher, other.id)?.at ?? Infinity) >= sentAt,
        )
        if (!isRight) faults.push('an operation was refused for another one while none ran')
      }
      for (const { id, answer } of cancels) {
        const end = endOf(watcher, id)
        if (answer.status === 204 && end && end.at < answer.sentAt)
          faults.push(`${id} was cancelled after its end`)
        if (answer.status === 204 && end && !['cancelled', 'succeeded'].includes(end.operation.state))
          faults.push(`${id} was cancelled and is ${end.operation.state}`)
      }
    },
  }
}
