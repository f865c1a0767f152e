/** Which stretch of the log is shown, and the line that the list is to bring into sight. */
import { type Signal, signal } from '@preact/signals'
import { parseCursor } from '../../../contract/log-rows.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { toProblem } from '../../api/problem.ts'
import type { Opened } from './log-history.ts'
import type { LogPlace } from './log-place.ts'
import type { LogSession } from './log-session.ts'

/** A line to bring into sight: so far below the top of the list in px, or in its middle. */
export interface Target {
  readonly number: number
  readonly offsetPx: number | null
}

/** How the last jump went. */
export type Jump =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening' }
  /** A line in sight was marked: its address is that of the page. */
  | { readonly kind: 'named' }
  /** The line is not kept any more. */
  | { readonly kind: 'missing' }
  /** No line has been written since the time. */
  | { readonly kind: 'silent'; readonly time: string }
  | { readonly kind: 'failed'; readonly problem: Problem }

/** The first of the live lines, as many as a step of scrolling: on them an earlier stretch stays what is shown. */
const MARGIN_LINES = 500

/** Fetched when it is first asked for: most people look at the live end. */
const history = () => import('./log-history.ts')

export class LogPlaces {
  readonly current: Signal<LogPlace>
  readonly target = signal<Target | null>(null)
  /** Cursor of the line that was jumped to. */
  readonly marked = signal<string | null>(null)
  readonly jump = signal<Jump>({ kind: 'idle' })
  readonly #live: LogSession
  readonly #onShow: () => void
  #turn = 0
  /** Where the live end was when it was left; null while its first lines are still on the way. */
  #leftAt: number | null = 0

  /** @param onShow a line is about to be shown: the list must not follow the log any more */
  constructor(live: LogSession, onShow: () => void) {
    this.#live = live
    this.#onShow = onShow
    this.current = signal<LogPlace>(live)
  }

  /** Lines that are shown do not follow the log. */
  get isHistory(): boolean {
    return this.current.value !== this.#live
  }

  /** Shows a line among its neighbours, and marks it. */
  async lookAtLine(cursor: string): Promise<void> {
    if (this.#isHere(cursor)) return
    if (parseCursor(cursor) === null) {
      this.#turn += 1
      this.jump.value = { kind: 'missing' }
      return
    }
    const found = await this.#open(async () => (await history()).openAtLine(cursor))
    if (found === undefined) return
    if (found === null) this.jump.value = { kind: 'missing' }
    else this.#show(found.history, found.number, null, cursor)
  }

  /** Shows the first line at a time or later. @param time ISO 8601 */
  async lookAtTime(time: string): Promise<void> {
    const found = await this.#open(async () => (await history()).openAtTime(time))
    if (found === undefined) return
    const cursor = found?.history.ring.cursorOf(found.number)
    if (!found || cursor === undefined) {
      this.back()
      this.jump.value = { kind: 'silent', time }
    } else if (!this.#isHere(cursor)) this.#show(found.history, found.number, null, cursor)
  }

  /**
   * Goes on before the oldest line that there is room for.
   * @param cursor of a line in sight, which stays where it is
   */
  async lookPast(cursor: string, offsetPx: number): Promise<void> {
    // After a failure it waits for the person: a list that is drawn asks again and again.
    if (['opening', 'failed', 'missing'].includes(this.jump.value.kind)) return
    const found = await this.#open(async () => (await history()).openAtLine(cursor))
    if (found) this.#show(found.history, found.number, offsetPx, this.marked.value)
    else if (found === null) this.jump.value = { kind: 'missing' }
  }

  /**
   * Scrolling down an earlier stretch ends in the live one, without a jump: as soon as the line at the top is one of
   * those that are held live.
   * @param cursor of the line at the top of the list
   */
  settle(cursor: string, offsetPx: number): void {
    if (!this.isHistory || this.jump.value.kind === 'opening') return
    const number = this.#live.ring.numberOf(cursor)
    if (number === undefined || number < this.#live.ring.first + MARGIN_LINES) return
    this.#show(this.#live, number, offsetPx, this.marked.value)
  }

  /** Brings a line of the stretch that is shown into sight. @param offsetPx below the top; null for the middle */
  aim(number: number, offsetPx: number | null = null): void {
    this.#onShow()
    this.target.value = { number, offsetPx }
  }

  /** Marks a line that is in sight. */
  mark(cursor: string): void {
    this.#turn += 1
    this.#onShow()
    this.marked.value = cursor
    this.jump.value = { kind: 'named' }
  }

  /** Lines that came at the live end while an earlier stretch is shown. */
  get newCount(): number {
    if (!this.isHistory || this.#live.version.value < 0) return 0
    // A page that is opened at a line of long ago: what had been written before is not new.
    if (this.#leftAt === null && this.#live.isLive.value) this.#leftAt = this.#live.ring.end
    return this.#leftAt === null ? 0 : this.#live.ring.end - this.#leftAt
  }

  /** To the live end; what was asked for meanwhile is let go. */
  back(): void {
    this.#turn += 1
    this.current.value = this.#live
    this.target.value = null
    this.marked.value = null
    this.jump.value = { kind: 'idle' }
  }

  /** What was said of a jump has been read. */
  dismiss(): void {
    this.jump.value = { kind: 'idle' }
  }

  /** True when the line is held: then it needs no request. */
  #isHere(cursor: string): boolean {
    for (const place of new Set([this.current.value, this.#live])) {
      const number = place.ring.numberOf(cursor)
      if (number === undefined) continue
      this.#turn += 1
      this.#show(place, number, null, cursor)
      return true
    }
    return false
  }

  #show(place: LogPlace, number: number, offsetPx: number | null, marked: string | null): void {
    this.#onShow()
    if (!this.isHistory) this.#leftAt = this.#live.isLive.value ? this.#live.ring.end : null
    this.current.value = place
    this.target.value = { number, offsetPx }
    this.marked.value = marked
    this.jump.value = { kind: 'idle' }
  }

  /** @returns undefined when it failed, or something else was asked for meanwhile */
  async #open(open: () => Promise<Opened | null>): Promise<Opened | null | undefined> {
    this.#turn += 1
    const own = this.#turn
    this.jump.value = { kind: 'opening' }
    try {
      const found = await open()
      return own === this.#turn ? found : undefined
    } catch (error) {
      if (own === this.#turn) this.jump.value = { kind: 'failed', problem: toProblem(error) }
      return undefined
    }
  }
}
