/** A stretch of the log that the list can show: the live end of it, or an earlier one. */
import type { ReadonlySignal } from '@preact/signals'
import type { Problem } from '../../../contract/schemas.ts'
import type { LogIndex } from './log-index.ts'
import type { LogRing } from './log-ring.ts'

/** What is known of the lines on this side of those held. */
export type Side =
  /** There may be more: scrolling there asks. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }

export type Older =
  | Side
  /** `full`: as many lines are held as there is room for. */
  | { readonly kind: 'end'; readonly reason: 'beginning' | 'full' }

export type Newer = Side | { readonly kind: 'end' }

export interface LogPlace {
  readonly ring: LogRing
  /** What is known of its lines. */
  readonly index: LogIndex
  /** Rises when there is something new to draw. */
  readonly version: ReadonlySignal<number>
  /** An empty place is empty because there are no lines. */
  readonly isLive: ReadonlySignal<boolean>
  readonly isCleared: ReadonlySignal<boolean>
  readonly older: ReadonlySignal<Older>
  /** null where newer lines come by themselves. */
  readonly newer: ReadonlySignal<Newer> | null
  /** Has the list drawn again in the next frame, once whoever asks. */
  askFrame(): void
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
}
