/**
 * Whether a file of the log is missing between two that are kept: one that was begun and left while nobody kept it. What
 * tells is on the disk (docs/adr/0011-logs.md). A file that conmon leaves is changed (its name goes) when the next one
 * has just been made; so it can't have been left before its successor was born.
 */
import { fstatSync } from 'node:fs'
import type { LogFile } from './log-file.ts'
import { firstTime, lastTime } from './log-loss.ts'

/** The file that was left, in ns since 1970; `lastRowMs` in ms, NaN without a row. */
export interface LeftFile {
  readonly bornNs: bigint
  /** Its last row was written. */
  readonly writtenNs: bigint
  /** Its last row was written, or one of its names came or went. */
  readonly changedNs: bigint
  readonly lastRowMs: number
}

/** The file that is kept behind it. */
export interface NextFile {
  readonly bornNs: bigint
  readonly firstRowMs: number
}

export type LossVerdict = 'none' | 'lost' | 'may be lost'

/** What is lost, by the times of the rows around it, as the files have them. */
export interface LostFile {
  readonly from: string
  readonly to: string
  readonly isCertain: boolean
}

/**
 * The kernel's clock of files is behind that of rows: by a tick (1 to 10 ms), and by more on a virtual machine that stood
 * still. From the file that is made for a container to its first row it takes several times as long.
 */
const CLOCK_LAG_MS = 50
/** conmon stamps a row, may bring the full file to the disk, and begins the next one with that row. */
const MAX_SYNC_MS = 60_000
const NS_IN_MS = 1_000_000

/** Without a claim wherever something else may have been the reason. Each line here is one of them. */
export function judgeLoss(left: LeftFile, next: NextFile): LossVerdict {
  // A file system that does not know when files are born: Node says nothing, or when the file was changed.
  if (left.bornNs === 0n || next.bornNs === 0n || left.bornNs >= left.changedNs) return 'none'
  // It was left when the next one began, or was touched since.
  if (left.changedNs >= next.bornNs) return 'none'
  // A copy in the place of a file, and a clock that was set back.
  if (!(left.lastRowMs < next.firstRowMs)) return 'none'
  // A file that a row makes necessary is born behind that row; one that a starting container makes, before its first.
  const waitedMs = Number(next.bornNs) / NS_IN_MS - next.firstRowMs
  if (!(waitedMs >= -CLOCK_LAG_MS && waitedMs <= MAX_SYNC_MS)) return 'none'
  // Whoever takes the name away by hand leaves a file that is written to; conmon's own has no more rows.
  return left.changedNs > left.writtenNs ? 'lost' : 'may be lost'
}

/** Looks at two files of the log that are open, neighbours by their names. */
export async function findLoss(left: LogFile, next: LogFile): Promise<LostFile | null> {
  const [old, young] = [statOf(left), statOf(next)]
  // Nearly always, and without a look into the files.
  if (old.ctimeNs >= young.birthtimeNs) return null
  const [from, to] = [await lastTime(left), await firstTime(next)]
  if (from === null || to === null) return null
  const verdict = judgeLoss(
    {
      bornNs: old.birthtimeNs,
      writtenNs: old.mtimeNs,
      changedNs: old.ctimeNs,
      lastRowMs: Date.parse(from),
    },
    { bornNs: young.birthtimeNs, firstRowMs: Date.parse(to) },
  )
  return verdict === 'none' ? null : { from, to, isCertain: verdict === 'lost' }
}

const statOf = ({ handle }: LogFile) => fstatSync(handle.fd, { bigint: true })

/** Says it to whoever reads the log. */
export function describeLostFile({ from, to, isCertain }: LostFile): string {
  const what = `lines between ${from} and ${to} ${isCertain ? 'are' : 'may be'} lost`
  return `${what}: the log filled a file while the panel did not run, or could not keep up, and nobody else keeps full files. Leave the panel running`
}
