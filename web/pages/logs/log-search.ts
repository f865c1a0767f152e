/** A search on the host as the drawer shows it: what is asked, the hits so far, how far it has come. */
import { signal } from '@preact/signals'
import type { LogHit, LogQuery, LogSearchFrame } from '../../../contract/logs.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { startLogSearch } from '../../api/log-search.ts'
import { HitMarker } from './hit-text.ts'

/** What a person fills in. */
export type Wanted = Omit<LogQuery, 'limit' | 'context' | 'before'>

export type SearchState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'searching' }
  /** `whole`: all that is kept was searched; `limit`: there may be more; `slow`: the pattern takes too long. */
  | { readonly kind: 'ended'; readonly reason: 'whole' | 'limit' | 'slow' | 'cancelled' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** What the browser says of it: the host takes the same patterns. */
  | { readonly kind: 'badPattern'; readonly detail: string }

/** Hits of one turn, and lines around each. */
const LIMIT = 200
const CONTEXT_LINES = 2
/** Hits that are kept: there must be an end to what a page holds. */
export const MAX_HITS = 5_000

export class LogSearch {
  readonly state = signal<SearchState>({ kind: 'idle' })
  readonly hits = signal<readonly LogHit[]>([])
  /** Rises with each search: its hits are a list of their own. */
  readonly turn = signal(0)
  /** What is said of lines that are lost in what was searched, newest first. */
  readonly gaps = signal<readonly string[]>([])
  readonly progress = signal({ searchedBytes: 0, totalBytes: 0 })
  /** Of the query that the hits are of; null before the first. */
  readonly marker = signal<HitMarker | null>(null)
  #wanted: Wanted | null = null
  #end: (() => void) | null = null

  /** Begins anew, at the newest line. */
  start(wanted: Wanted): void {
    this.#stop()
    this.turn.value += 1
    this.hits.value = []
    this.gaps.value = []
    this.progress.value = { searchedBytes: 0, totalBytes: 0 }
    try {
      this.marker.value = new HitMarker(wanted)
    } catch (error) {
      this.marker.value = null
      this.state.value = { kind: 'badPattern', detail: (error as Error).message }
      return
    }
    this.#wanted = wanted
    this.#run(undefined)
  }

  /** What is searched for is a pattern, which may be slow by itself. */
  get isPattern(): boolean {
    return this.#wanted?.kind === 'regex'
  }

  /** Goes on behind the last hit. */
  more(): void {
    this.#run(this.hits.value.at(-1)?.line.cursor)
  }

  /** Ends it, here and on the host; the hits stay. */
  cancel(): void {
    if (this.state.value.kind !== 'searching') return
    this.#stop()
    this.state.value = { kind: 'ended', reason: 'cancelled' }
  }

  #stop(): void {
    this.#end?.()
    this.#end = null
  }

  #run(before: string | undefined): void {
    if (!this.#wanted) return
    this.state.value = { kind: 'searching' }
    const query = { ...this.#wanted, limit: LIMIT, context: CONTEXT_LINES }
    this.#end = startLogSearch(before === undefined ? query : { ...query, before }, {
      onFrame: (frame) => this.#take(frame),
      onFailure: (problem) => {
        this.#end = null
        this.state.value = { kind: 'failed', problem }
      },
    })
  }

  #take(frame: LogSearchFrame): void {
    if (frame.type === 'end') {
      this.#end = null
      this.state.value = { kind: 'ended', reason: frame.reason }
      return
    }
    const { gap, searchedBytes, totalBytes } = frame
    this.progress.value = { searchedBytes, totalBytes }
    if (gap !== undefined) this.gaps.value = [...this.gaps.value, gap]
    if (frame.hits.length > 0) this.hits.value = [...this.hits.value, ...frame.hits]
  }
}
