import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CHECKS } from '../server/operations/doctor.ts'
import { MENDABLE } from '../server/operations/doctor-mends.ts'

const text = readFileSync(join(import.meta.dirname, 'troubleshooting.md'), 'utf8')

/** Between the two comments that say that it is generated. */
function generated(name: string): string {
  const found = new RegExp(`<!-- ${name}: generated -->\\n\\n([^]*?)\\n\\n<!-- end -->`).exec(text)
  return found?.[1] ?? ''
}

test('the table of the checks is the one of the program', () => {
  const rows = CHECKS.map(({ id, title, isSlow, looked }) => {
    const command = looked(null).replaceAll('|', '\\|')
    return `| \`${id}\`${isSlow ? ' (slow)' : ''} | ${title} | \`${command}\` |`
  })
  expect(generated('checks')).toBe(
    ['| check | what it looks at | the same from a shell |', '| --- | --- | --- |', ...rows].join('\n'),
  )
})

test('the list of what it mends is the one of the program', () => {
  expect(generated('mends').replaceAll('\n', ' ')).toBe(`${MENDABLE.map((id) => `\`${id}\``).join(', ')}.`)
})
