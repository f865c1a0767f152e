/** Log lines as they cross: column by column, since an object for each line costs more than all else on the way. */
import type { LogLine } from '../../../contract/schemas.ts'
import type { LogChunk } from '../host.ts'

export interface LogColumns {
  readonly cursors: string
  readonly times: string
  readonly texts: string
  /** One letter a line: o stdout, e stderr; upper case when the line was cut. */
  readonly flags: string
  readonly gap?: string
  readonly live: boolean
}

/** No member of a line holds a line feed: a line ends there. */
export function packLines({ lines, gap, live }: LogChunk): LogColumns {
  return {
    cursors: lines.map(({ cursor }) => cursor).join('\n'),
    times: lines.map(({ time }) => time).join('\n'),
    texts: lines.map(({ text }) => text).join('\n'),
    flags: lines.map(flagOf).join(''),
    ...(gap === undefined ? {} : { gap }),
    live,
  }
}

function flagOf({ stream, truncated }: LogLine): string {
  const flag = stream === 'stderr' ? 'e' : 'o'
  return truncated ? flag.toUpperCase() : flag
}

export function unpackLines({ cursors, times, texts, flags, gap, live }: LogColumns): LogChunk {
  const rest = { live, ...(gap === undefined ? {} : { gap }) }
  if (flags === '') return { lines: [], ...rest }
  const [timeOf, textOf] = [times.split('\n'), texts.split('\n')]
  const lines = cursors.split('\n').map((cursor, index): LogLine => {
    const flag = flags[index]
    return {
      cursor,
      time: timeOf[index] ?? '',
      stream: flag === 'e' || flag === 'E' ? 'stderr' : 'stdout',
      text: textOf[index] ?? '',
      ...(flag === 'O' || flag === 'E' ? { truncated: true } : {}),
    }
  })
  return { lines, ...rest }
}
