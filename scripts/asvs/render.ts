/** The text of docs/asvs.md. */
import { CHAPTERS } from './requirements.ts'
import type { AsvsItem, AsvsTable } from './table.ts'

const STATES: Readonly<Record<AsvsItem['state'], string>> = {
  met: 'met',
  'not-applicable': 'does not apply',
  open: '**open**',
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|')

function proofOf({ tests = [], docs = [] }: AsvsItem): string {
  const links = docs.map((doc) => {
    const [path = '', anchor = ''] = doc.replace('docs/', '').split('#')
    return `[${path}](${path}#${anchor})`
  })
  const named = tests.map(({ file, title }) => `\`${file}\`: ${escapeCell(title)}`)
  return [...named, ...links].join('<br>')
}

function rowOf(item: AsvsItem): string {
  const cells = [
    item.id,
    String(item.level),
    escapeCell(item.what),
    STATES[item.state],
    escapeCell(item.text),
  ]
  return `| ${[...cells, proofOf(item)].join(' | ')} |`.replaceAll('|  |', '| |')
}

/** Everything that is not met, one a line. */
export function listOpen({ items }: AsvsTable): string[] {
  return items.filter(({ state }) => state === 'open').map(({ id, what, text }) => `${id} ${what}: ${text}`)
}

export function renderTable(table: AsvsTable): string {
  const count = (state: AsvsItem['state']) => table.items.filter((item) => item.state === state).length
  const chapters = Object.entries(CHAPTERS).flatMap(([chapter, title]) => [
    `## ${chapter}. ${title}`,
    '',
    '| item | level | what it asks for | here | how, or why not | shown by |',
    '| --- | --- | --- | --- | --- | --- |',
    ...table.items.filter(({ id }) => id.startsWith(`${chapter}.`)).map(rowOf),
    '',
  ])
  return [
    '# OWASP ASVS 5.0, item by item',
    '',
    'The [Application Security Verification Standard](https://owasp.org/www-project-application-security-verification-standard/)',
    'lists what a web application should do. Here is what the panel makes of it: all items of levels 1 and 2, and those of',
    'level 3 that it meets. The words are ours; the numbers lead to those of the standard. Made of `docs/asvs.json` by',
    '`npm run docs`. A test fails for an item that is missing, for one without a test, a document or a reason, for a test that does',
    'not exist, and when more are open than were.',
    '',
    `Met: ${count('met')}. Do not apply: ${count('not-applicable')}. Open: ${count('open')}.`,
    '',
    ...(count('open') === 0 ? [] : ['## Open', '', ...listOpen(table).map((line) => `- ${line}`), '']),
    ...chapters,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
