import { expect, test } from 'vitest'
import { readAsBash } from './read-as-bash.ts'
import { readAsCompose } from './read-as-compose.ts'
import { readAsDotenv } from './read-as-dotenv.ts'
import { readAsPodman } from './read-as-podman.ts'
import { readAsSystemd } from './read-as-systemd.ts'
import type { ReaderResult } from './reader-result.ts'
import { type Cell, TABLE, TABLE_HOST, UNKNOWN } from './test-table.ts'

function toCell(result: ReaderResult): Cell {
  if (!result.ok) return result.kind
  const unknown = [...result.unknown.keys()].map((name) => [name, UNKNOWN] as const)
  return Object.fromEntries([...result.variables, ...unknown])
}

test.each(TABLE)('each reader has its own view of $title', ({ file, cells, runs }) => {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  const bash = readAsBash(bytes, TABLE_HOST)
  expect({
    podman: toCell(readAsPodman(bytes, TABLE_HOST)),
    bash: toCell(bash),
    systemd: toCell(readAsSystemd(bytes)),
    dotenv: toCell(readAsDotenv(bytes)),
    compose: toCell(readAsCompose(bytes, TABLE_HOST)),
  }).toEqual(cells)
  expect(bash.runs.map(({ line }) => line)).toEqual(runs)
})
