/**
 * What the attacks came to: each file notes its rows, and the run ends with one table of all of them (score-report.ts).
 */
import { appendFileSync } from 'node:fs'
import { inject } from 'vitest'
import type { ScoreRow } from './score-table.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the rows of this run are noted; made by score-report.ts. */
    scoreFile: string
  }
}

/**
 * Notes how many variants of an attack were tried and how many of them were refused.
 * @param figure what was measured meanwhile, in words, for example `PSS +12 MB`
 */
export function keepScore(attack: string, tried: number, refused: number, figure?: string): void {
  const row: ScoreRow = { attack, tried, refused, ...(figure === undefined ? {} : { figure }) }
  // One short write at the end of the file: the workers' rows never mix (write(2), O_APPEND).
  appendFileSync(inject('scoreFile'), `${JSON.stringify(row)}\n`)
}
