import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEnvFile } from './env-file.ts'
import { envEntries } from './env-view.ts'

const entries = (text: string) => envEntries(parseEnvFile(new TextEncoder().encode(text)))

test('a row for each line, in the order of the file', () => {
  expect(entries('# My gateway\n\nTZ=Europe/Berlin\nTZ=UTC\nOPENAI_API_KEY=sk-1\nPRE*\n')).toEqual([
    { line: 1, kind: 'comment', isEffective: true, text: '# My gateway', masked: false, length: 12 },
    { line: 2, kind: 'blank', isEffective: true, text: '', masked: false, length: 0 },
    {
      line: 3,
      kind: 'assignment',
      isEffective: false,
      key: 'TZ',
      value: 'Europe/Berlin',
      masked: false,
      length: 13,
    },
    { line: 4, kind: 'assignment', isEffective: true, key: 'TZ', value: 'UTC', masked: false, length: 3 },
    { line: 5, kind: 'assignment', isEffective: true, key: 'OPENAI_API_KEY', masked: true, length: 4 },
    { line: 6, kind: 'other', isEffective: true, text: 'PRE*', masked: false, length: 4 },
  ])
})

const SECRET = 'hunter2hunter2hunter2'

test.each([
  `RAZROOM_GATEWAY_TOKEN=${SECRET}`,
  `export GROQ_API_KEY=${SECRET}`,
  `MY_KEY =${SECRET}`,
  `A="${SECRET}"`,
  `A='prefix ${SECRET}'`,
  `A=https://user:${SECRET}@host/`,
  `A=https://host/path?sig=${SECRET}`,
  `A={"k":"${SECRET}"}`,
  `# OPENAI_API_KEY=${SECRET}`,
  `#OPENAI_API_KEY = "${SECRET}"`,
  `# old password: ${SECRET}`,
  `# token was ${SECRET}, do not use`,
  `# see https://${SECRET}@host/`,
  `OPENAI_API_KEY: ${SECRET}`,
  `${SECRET}`,
  `second line of a key ${SECRET}"`,
  `=${SECRET}`,
  `A\0_TOKEN=${SECRET}`,
])('nothing of the secret in %j', (line) => {
  const [entry] = entries(`${line}\n`)
  expect(entry?.masked).toBe(true)
  expect(JSON.stringify(entry)).not.toContain('hunter2')
  expect(entry).not.toHaveProperty('value')
  expect(entry).not.toHaveProperty('text')
})

test.each([
  '# just words: nothing to hide',
  '# see https://docs.example.org/gateway/2026/environment-variables1',
  'TZ=Europe/Berlin',
  'RAZROOM_GATEWAY_TOKEN=',
  'IRC_CHANNELS=#a,#b',
  'PLAIN',
])('nothing to hide in %j', (line) => {
  expect(entries(line)[0]?.masked).toBe(false)
})

test('the value of a secret variable is in no entry, whatever stands around it', () => {
  const around = fc.constantFrom('', ' ', '"', "'", '# ', 'export ', '\t', '\ufeff')
  fc.assert(
    fc.property(around, around, around, around, fc.constantFrom('=', ': ', ' = '), (a, b, c, d, equals) => {
      const text = `${a}${b}MY_API_KEY${equals}${c}swordfish${d}\n`
      expect(JSON.stringify(entries(text))).not.toContain('swordfish')
    }),
  )
})

test('a line of 1 MiB takes no long time', () => {
  // Of the processor, not of the clock: what else runs on the machine does not count.
  const begun = process.cpuUsage()
  for (const unit of ['a', 'a ', 'a=', '= ', 'a: ', '_KEY', '/', 'https://a?']) {
    for (const start of ['# ', 'A=', '']) entries(start + unit.repeat(1_000_000 / unit.length))
  }
  expect(process.cpuUsage(begun).user).toBeLessThan(10_000_000)
})
