import { expect, test } from 'vitest'
import {
  connectCommand,
  EMPTY_FORM,
  errorAt,
  formFor,
  hasTyped,
  isEmptyWish,
  readForm,
  toWish,
} from './connect-form.ts'
import { KNOWN } from './test-connections.ts'

const form = (part: Partial<typeof EMPTY_FORM>) => ({ ...EMPTY_FORM, ...part })

test('what is empty, or is so already, is not asked for', () => {
  expect(isEmptyWish(toWish(formFor(KNOWN), KNOWN))).toBe(true)
  const filled = form({
    providerId: 'openai',
    key: ' sk-1 ',
    model: ' openai/gpt-5.2 ',
    channels: { slack: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: '' } },
  })
  expect(toWish(filled, KNOWN)).toEqual({
    provider: { id: 'openai', key: ' sk-1 ' },
    model: 'openai/gpt-5.2',
    channels: [{ id: 'slack', values: [{ name: 'SLACK_BOT_TOKEN', value: 'xoxb-1' }] }],
  })
  expect(toWish(form({ providerId: 'xai' }), KNOWN)).toEqual({ provider: { id: 'xai' } })
})

test('only what is typed and a secret would be lost', () => {
  expect(hasTyped(form({ model: 'a/b', channels: { slack: {} } }))).toBe(false)
  expect(hasTyped(form({ key: 'x' }))).toBe(true)
  expect(hasTyped(form({ channels: { slack: { SLACK_BOT_TOKEN: 'x' } } }))).toBe(true)
})

test('what is missing is told when it is asked for, what is wrong at once', () => {
  const missing = readForm(form({ providerId: 'openai' }), KNOWN)
  expect(errorAt(missing, 'provider.key', false)).toBeUndefined()
  expect(errorAt(missing, 'provider.key', true)).toBe('It is missing: OpenAI needs a key.')
  const wrong = readForm(form({ providerId: 'openai', key: 'GROQ_API_KEY=gsk_1', model: 'gpt' }), KNOWN)
  expect(errorAt(wrong, 'provider.key', false)).toContain('a line for GROQ_API_KEY')
  const short = readForm(form({ providerId: 'openai', key: 'sk-1' }), KNOWN)
  expect(errorAt(short, 'provider.key', false)).toMatch(/was the whole of it pasted\?$/)
  expect(errorAt(wrong, 'model', false)).toContain('names no provider')
  expect(readForm(form({ providerId: 'xai' }), KNOWN).problems).toEqual([])
})

test('what was pasted with a key is told, and what is unusual about it', () => {
  const { notes } = readForm(
    form({ providerId: 'openai', key: 'export OPENAI_API_KEY="sk-01234567"' }),
    KNOWN,
  )
  expect(notes.get('OPENAI_API_KEY')).toBe(
    '“export OPENAI_API_KEY=” in front of it, the quotes around it left out. It has 11 characters, which is short for a key.',
  )
})

test('the command for a shell names what was chosen, and never what was typed as a key', () => {
  const filled = form({
    providerId: 'openai',
    key: 'sk-1',
    model: "o'model",
    channels: { slack: { SLACK_BOT_TOKEN: 'xoxb-1' }, matrix: {} },
  })
  expect(connectCommand(toWish(filled, KNOWN), false)).toBe(
    `sudo razroom-panel connect --provider openai --model 'o'\\''model' --channel slack --channel matrix --no-restart`,
  )
  expect(connectCommand({}, true)).toBe('sudo razroom-panel connect --provider anthropic --channel telegram')
})
