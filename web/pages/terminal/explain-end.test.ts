import { expect, test } from 'vitest'
import { explainEnd } from './explain-end.ts'

test.each([
  ['configure', ["error: unknown command 'configure'", 'Usage: ...'], /does not know this command/],
  ['onboard', ['Setup cancelled.'], /nothing was written/],
  ['onboard', ['Error: Missing workspace template: AGENTS.md'], /after it had written/],
  ['doctor', ['~/.razroom/razroom.json: JSON5 parse failed: SyntaxError'], /not valid/],
  ['models-status', ["Error: EACCES: permission denied, open '/home/node/.razroom/razroom.json'"], /belong/],
] as const)('%s that ends with %j', (command, lines, meaning) => {
  expect(explainEnd(command, lines)).toMatch(meaning)
})

test('what is not known is not explained', () => {
  expect(explainEnd('doctor', ['template', 'something else'])).toBeNull()
})
