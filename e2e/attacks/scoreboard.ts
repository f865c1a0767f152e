interface Row {
  readonly attack: string
  readonly tried: number
  readonly refused: number
}

const rows: Row[] = []

/** Notes how many variants of an attack were tried and how many of them were refused. */
export function keepScore(attack: string, tried: number, refused: number): void {
  rows.push({ attack, tried, refused })
}

/** The table that ends the attacks. */
export function scoreTable(): string {
  const width = Math.max(...rows.map(({ attack }) => attack.length))
  const line = (attack: string, tried: string, refused: string) =>
    `${attack.padEnd(width)}  ${tried.padStart(6)}  ${refused.padStart(7)}`
  const sum = (pick: (row: Row) => number) => String(rows.reduce((total, row) => total + pick(row), 0))
  return [
    line('attack', 'tried', 'refused'),
    ...rows.map(({ attack, tried, refused }) => line(attack, String(tried), String(refused))),
    line(
      'all',
      sum(({ tried }) => tried),
      sum(({ refused }) => refused),
    ),
  ].join('\n')
}
