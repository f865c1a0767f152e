/** `npm run docs` writes docs/asvs.md. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderTable } from './render.ts'
import { readTable } from './table.ts'

const top = join(import.meta.dirname, '../..')
writeFileSync(join(top, 'docs/asvs.md'), renderTable(readTable(top)))
