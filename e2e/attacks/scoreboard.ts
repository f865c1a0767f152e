interface Row {
  readonly attack: string
  readonly tried: number
  readonly refused: number
  /** What was measured meanwhile, for example how long it took; empty when nothing was. */
  readonly figure: string
}

const rows: Row[] = []

/** Notes how many variants of an attack were tried, how many of them were refused, and what was measured meanwhile. */
export function keepScore(attack: string, tried: number, refused: number, figure = ''): void {
  rows.push({ attack, tried, refused, figure })
}

/** The table that ends the attacks. */
export function scoreTable(): string {
  const width = Math.max(...rows.map(({ attack }) => attack.length))
  const line = (attack: string, tried: string, refused: string, figure = '') =>
    `${attack.padEnd(width)}  ${tried.padStart(6)}  ${refused.padStart(7)}  ${figure}`.trimEnd()
  const sum = (pick: (row: Row) => number) => String(rows.reduce((total, row) => total + pick(row), 0))
  return [
    line('attack', 'tried', 'refused', 'figure'),
    ...rows.map(({ attack, tried, refused, figure }) => line(attack, String(tried), String(refused), figure)),
    line(
      'all',
      sum(({ tried }) => tried),
      sum(({ refused }) => refused),
    ),
  ].join('\n')
}
