import { expect, it } from 'vitest'
import { parseEnvFile } from './env-file.ts'
import { MASK, maskedEnvLines } from './mask.ts'

const linesOf = (text: string) => maskedEnvLines(parseEnvFile(new TextEncoder().encode(text)))

it('shows the lines of .env without their secrets', () => {
  const text = [
    '# my file',
    'TZ=UTC',
    'export OPENAI_API_KEY="sk-canary-1"',
    '# OLD_TOKEN=canary-2',
    '',
    'canary-3-or-the-rest-of-a-value',
    'EMPTY_TOKEN=',
  ]
  expect(linesOf(text.join('\r\n'))).toEqual([
    '# my file',
    'TZ=UTC',
    `export OPENAI_API_KEY=${MASK}`,
    `# ${MASK}`,
    '',
    MASK,
    'EMPTY_TOKEN=',
  ])
})
