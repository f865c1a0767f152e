/** Log files as conmon leaves them, for tests. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { formatCursor } from '../../../contract/log-rows.ts'
import { KEPT_FILES, keepLogFile } from './log-segments.ts'
import type { LogPageValue } from './protocol.ts'

export const START = Date.parse('2026-11-23T11:00:00Z')
/** Row n was written n seconds after the start. */
export const row = (number: number, text = `line ${number}`): string =>
  `${new Date(START + number * 1_000).toISOString().replace('Z', '000000+00:00')} stdout F ${text}\n`
export const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => row(from + index)).join('')
export const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`)

/** As conmon begins a new file: beside the old one, and renamed over it. */
export async function beginFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text)
  await rename(`${path}.tmp`, path)
}

export function linesOf({ batches }: LogPageValue): { text: string; cursor: string }[] {
  return batches.flatMap(({ file, ends, texts }) =>
    ends.length === 0
      ? []
      : texts.split('\n').map((text, at) => ({ text, cursor: formatCursor(file, ends[at] ?? 0) })),
  )
}

/** Five files of a hundred lines each, the last one still written to. */
export async function writeKeptFiles(path: string): Promise<void> {
  for (let file = 0; file < KEPT_FILES; file += 1) {
    await beginFile(path, rows(file * 100, file * 100 + 100))
    await keepLogFile(path)
  }
}

export interface LogPlace {
  readonly directory: string
  readonly path: string
  readonly controller: AbortController
}

/** Gives each test of the file a directory for its log, and ends what still reads there. */
export function useLogPlace(take: (place: LogPlace) => void): void {
  let place: LogPlace
  beforeEach(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'log-files-'))
    place = { directory, path: join(directory, 'gateway.log'), controller: new AbortController() }
    take(place)
  })
  afterEach(async () => {
    place.controller.abort()
    await rm(place.directory, { recursive: true })
  })
}
