/** What the benchmarks end in: a table for people, and the same as JSON. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Figure {
  /** What was measured, for example "stored 1 M lines to a client". */
  readonly what: string
  readonly value: number
  readonly unit: string
  /** The raw thing in the same run. */
  readonly raw?: { readonly what: string; readonly value: number }
  /** What is wanted of the value, or of its ratio to the raw one; left out where nothing is. */
  readonly goal?: {
    readonly of: 'value' | 'ratio'
    readonly limit: number
    readonly is: 'at most' | 'at least'
  }
}

const ratioOf = ({ value, raw }: Figure): number | null => (raw ? value / raw.value : null)

export function isMet(figure: Figure): boolean {
  if (!figure.goal) return true
  const { of, is, limit } = figure.goal
  const measured = of === 'ratio' ? ratioOf(figure) : figure.value
  return measured !== null && (is === 'at most' ? measured <= limit : measured >= limit)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const short = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))

export function formatTable(figures: readonly Figure[]): string {
  const head = ['what', 'figure', 'raw', 'ratio', 'goal', 'met']
  const rows = figures.map((figure) => {
    const { what, value, unit, raw, goal } = figure
    const ratio = ratioOf(figure)
    return [
      what,
      `${short(value)} ${unit}`,
      raw ? `${raw.what}: ${short(raw.value)}` : '',
      ratio === null ? '' : short(ratio),
      goal
        ? `${goal.of === 'ratio' ? 'ratio ' : ''}${goal.is === 'at most' ? '<=' : '>='} ${short(goal.limit)}`
        : '',
      goal ? (isMet(figure) ? 'yes' : 'NO') : '',
    ]
  })
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Writes bench/results/PART.json. @returns its path */
export async function writeResults(part: string, figures: readonly Figure[]): Promise<string> {
  const directory = join(import.meta.dirname, 'results')
  await mkdir(directory, { recursive: true })
  const path = join(directory, `${part}.json`)
  const rows = figures.map((figure) => ({
    ...figure,
    ratio: ratioOf(figure),
    ...(figure.goal ? { isMet: isMet(figure) } : {}),
  }))
  await writeFile(path, `${JSON.stringify({ part, at: new Date().toISOString(), rows }, null, 2)}\n`)
  return path
}
