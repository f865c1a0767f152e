import { expect, test } from 'vitest'
import { readModelsStatus } from './models-status.ts'

const REPORT = {
  configPath: '/x',
  defaultModel: 'openai/gpt-5.2',
  resolvedDefault: 'openai/gpt-5.2',
  auth: {
    missingProvidersInUse: ['openai'],
    providers: [
      { provider: 'groq', effective: { kind: 'env', detail: 'gsk_0123...cdefghij' }, more: [1] },
      { provider: 'xai', effective: { kind: 'missing' } },
    ],
  },
}

test('tells which keys are there, behind a box of warnings', () => {
  const seen = readModelsStatus(`┌ Warnings ┐\n│ {x} │\n${JSON.stringify(REPORT, null, 2)}\n`)
  expect(seen?.model).toBe('openai/gpt-5.2')
  expect(['openai', 'xai', 'groq', 'zai'].map((id) => seen?.keyOf(id))).toEqual([
    'missing',
    'missing',
    'seen',
    'unlisted',
  ])
  expect(JSON.stringify(seen)).not.toContain('gsk_')
})

test.each(['', 'nothing', '{', '{}', '{"auth": 1}', '[]', '{"auth": {"providers": "x"}}'])(
  '%j is not understood, which is no failure',
  (stdout) => {
    expect(readModelsStatus(stdout)).toBeNull()
  },
)

test('no model is null', () => {
  expect(readModelsStatus('{"defaultModel": null, "auth": {}}')?.model).toBeNull()
})
