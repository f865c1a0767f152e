import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { channelRule } from './connect-channels.ts'
import { readPastedValue, type ValueRule } from './pasted-value.ts'

const KEY: ValueRule = {
  name: 'OPENAI_API_KEY',
  kind: 'key',
  prefixes: ['sk-'],
  alsoNamed: ['OPENAI_KEY_TWO'],
}
const VALUE = 'sk-proj-0123456789abcdefghij'
const read = (pasted: string, rule = KEY) => readPastedValue(pasted, rule)

describe('what comes with a key is left out, and told', () => {
  test.each([
    [`${VALUE}\n`, []],
    [`  ${VALUE}\r\n`, []],
    [`\ufeff${VALUE}\u200b`, []],
    [`"${VALUE}"`, ['the quotes around it']],
    [`' ${VALUE} '`, ['the quotes around it']],
    [`“${VALUE}”`, ['the quotes around it']],
    [`OPENAI_API_KEY=${VALUE}`, ['“OPENAI_API_KEY=” in front of it']],
    [`export OPENAI_API_KEY="${VALUE}"`, ['“export OPENAI_API_KEY=” in front of it', 'the quotes around it']],
    [`OPENAI_KEY_TWO = ${VALUE};`, ['“OPENAI_KEY_TWO=” in front of it', 'the sign behind it']],
    [`Authorization: Bearer ${VALUE}`, ['the word “Bearer” in front of it']],
    [`"${VALUE}",`, ['the sign behind it', 'the quotes around it']],
  ])('%j', (pasted, leftOut) => {
    expect(read(pasted)).toEqual({ value: VALUE, leftOut })
  })

  test('nothing, or blanks, is no value and no fault', () => {
    for (const pasted of ['', ' \t\n', '\u200b']) expect(read(pasted)).toEqual({ value: '', leftOut: [] })
  })
})

describe('what can not be a key is refused, without the key', () => {
  test.each([
    [`GROQ_API_KEY=${VALUE}`, 'is a line for GROQ_API_KEY, not for OPENAI_API_KEY'],
    ['sk-abc def 0123456789', 'has a blank in it'],
    ['sk-abc\ndef', 'has a line break in it'],
    ['sk-proj-••••••••abcd', 'of which a part is hidden'],
    ['sk-proj-...abcd', 'of which a part is hidden'],
    ['$OPENAI_API_KEY', 'refers to a variable'],
    ['<your key here>', 'has a blank'],
    ['your-api-key-here', 'is a placeholder'],
    ['sk-xxxxxxxxxxxxxxxx', 'is a placeholder'],
    [`"${VALUE}`, 'has a quote at one of its ends'],
    [`${VALUE}#1`, 'has a character that keys do not have'],
    [`${VALUE}é`, 'has a character that keys do not have'],
    ['sk-1', 'has 4 characters, too few'],
    [`sk-${'a'.repeat(9_000)}`, 'has more than 8192 characters'],
    ['""', 'is empty'],
  ])('%j', (pasted, problem) => {
    const found = read(pasted)
    expect(found.problem).toContain(problem)
    expect(found.problem).not.toContain('sk-')
  })
})

test('what is unusual is asked about and not refused', () => {
  expect(read('gsk_0123456789abcdefghij').doubt).toBe('does not begin with sk-, as these usually do')
  expect(read('sk-0123456').doubt).toContain('has 10 characters, which is short')
  expect(read('123456:AAE', channelRule('TELEGRAM_BOT_TOKEN')).doubt).toContain('does not look as these')
  expect(read(`123456:${'A'.repeat(35)}`, channelRule('TELEGRAM_BOT_TOKEN')).doubt).toBeUndefined()
})

test('the two tokens of Slack are told apart', () => {
  const token = `xapp-1-${'A'.repeat(30)}`
  expect(read(token, channelRule('SLACK_BOT_TOKEN')).problem).toContain('belongs into SLACK_APP_TOKEN')
  expect(read(token, channelRule('SLACK_APP_TOKEN'))).toEqual({ value: token, leftOut: [] })
})

test('other kinds are held to what they are', () => {
  expect(read('6697', channelRule('IRC_PORT')).value).toBe('6697')
  expect(read('70000', channelRule('IRC_PORT')).problem).toContain('port')
  expect(read('chat.example.org', channelRule('MATTERMOST_URL')).problem).toContain('http')
  expect(read(' https://chat.example.org ', channelRule('MATTERMOST_URL')).value).toBe(
    'https://chat.example.org',
  )
  expect(read(' a b"c ', channelRule('MATRIX_PASSWORD'))).toEqual({ value: ' a b"c ', leftOut: [] })
  expect(read('a\nb', channelRule('MATRIX_PASSWORD')).problem).toContain('line break')
  expect(read('#one, #two', channelRule('IRC_CHANNELS')).value).toBe('#one, #two')
})

test('a name that stands there twice is left out twice, and said once', () => {
  expect(readPastedValue(`OPENAI_API_KEY=OPENAI_API_KEY="${VALUE}"`, KEY)).toMatchObject({
    value: VALUE,
    leftOut: ['“OPENAI_API_KEY=” in front of it', 'the quotes around it'],
  })
})

test('whatever is pasted: a value without a problem fits on one line, and reading it again changes nothing', () => {
  const pieces = fc.constantFrom(
    '"',
    "'",
    ' ',
    '\n',
    'export ',
    'OPENAI_API_KEY=',
    'sk-',
    VALUE,
    '\u200b',
    '$',
    '=',
    ';',
  )
  const pasted = fc.oneof(
    fc.string(),
    fc.array(pieces).map((parts) => parts.join('')),
  )
  const rule = fc.constantFrom(
    KEY,
    ...['IRC_PASSWORD', 'IRC_NICK', 'IRC_PORT', 'MATTERMOST_URL'].map(channelRule),
  )
  fc.assert(
    fc.property(pasted, rule, (text, one) => {
      const first = readPastedValue(text, one)
      if (first.problem !== undefined) return
      expect(first.value).not.toMatch(/[\r\n\0]/)
      if (one.kind === 'key') {
        expect(first.value).toMatch(/^(?:[!-~]{8,})?$/)
        expect(readPastedValue(first.value, one)).toMatchObject({ value: first.value })
      }
    }),
  )
})
