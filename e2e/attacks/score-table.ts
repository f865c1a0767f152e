/** The rows of the attacks, and their table. */

export interface ScoreRow {
  readonly attack: string
  readonly tried: number
  readonly refused: number
  /** A time, a size or a count, where the attack has one. */
  readonly figure?: string
}

/** The table that ends the attacks. */
export function scoreTable(rows: readonly ScoreRow[]): string {
  const sum = (pick: (row: ScoreRow) => number) => String(rows.reduce((total, row) => total + pick(row), 0))
  const cells = [
    ['attack', 'tried', 'refused', 'figure'],
    ...rows.map(({ attack, tried, refused, figure = '' }) => [
      attack,
      String(tried),
      String(refused),
      figure,
    ]),
    ['all', sum(({ tried }) => tried), sum(({ refused }) => refused), ''],
  ]
  const width = Math.max(...cells.map(([attack = '']) => attack.length))
  return cells
    .map(([attack = '', tried = '', refused = '', figure = '']) =>
      `${attack.padEnd(width)}  ${tried.padStart(6)}  ${refused.padStart(7)}  ${figure}`.trimEnd(),
    )
    .join('\n')
}

/** The rows in the order of their attacks, whichever file was done first. @param text one JSON document a line */
export function readScores(text: string): ScoreRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ScoreRow)
    .sort((a, b) => (a.attack < b.attack ? -1 : a.attack > b.attack ? 1 : 0))
}
