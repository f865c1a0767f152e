import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_CODES } from '../contract/error-codes.ts'

const text = readFileSync(join(import.meta.dirname, 'errors.md'), 'utf8')
const sections = new Map(
  [...text.matchAll(/^### (\S+)\n\n([\s\S]*?)(?=\n#|$(?![\s\S]))/gm)].map(([, code = '', body = '']) => [
    code,
    body,
  ]),
)

test('every error code is explained, in the order of the table, and nothing else is', () => {
  expect([...sections.keys()]).toEqual(Object.keys(ERROR_CODES))
})

test.each(Object.entries(ERROR_CODES))('%s has its status and title, and more than these', (code, info) => {
  const body = (sections.get(code) ?? '').replaceAll('\n', ' ')
  const head = `**${info.status} ${info.title}.** `
  expect(body.startsWith(head), `${code} begins with ${head}`).toBe(true)
  expect(body.slice(head.length).trim().length).toBeGreaterThan(20)
})
