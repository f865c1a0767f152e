/** Before and after all tests on hosts: makes the file for the attacks' rows, and prints their one table at the end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { readScores, scoreTable } from './score-table.ts'

/** vitest calls it once, and what it returns when all files are done (its option `globalSetup`). */
export default function setUpScores(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'razroom-scores-'))
  const file = join(directory, 'rows')
  writeFileSync(file, '')
  project.provide('scoreFile', file)
  return () => {
    const rows = readScores(readFileSync(file, 'utf8'))
    rmSync(directory, { recursive: true })
    if (rows.length > 0) console.log(`\n${scoreTable(rows)}\n`)
  }
}
