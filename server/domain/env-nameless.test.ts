import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEnvFile } from './env-file.ts'
import { checkEnv } from './env-findings.ts'
import { envEntries } from './env-view.ts'
import { MASK, maskedEnvLines } from './mask.ts'
import { restartReasons } from './restart-reasons.ts'
import { ordinarySpec } from './test-specs.ts'

const fileOf = (text: string) => parseEnvFile(new TextEncoder().encode(text))

function everythingShown(text: string): string {
  const file = fileOf(text)
  return JSON.stringify([envEntries(file), maskedEnvLines(file), checkEnv(file)])
}

function reasonsFor(pairs: readonly (readonly [string, string])[], running: readonly string[]): string[] {
  const container = { labels: {}, imageId: '', imageName: '', env: running, ports: [], createCommand: [] }
  return restartReasons(container, {
    spec: ordinarySpec,
    env: new Map(pairs),
    image: null,
    followsSpec: false,
  })
}

const LAST = '9Td92jBcBajYTwImLFiW1Q'

test('the last line of a private key has no name', () => {
  const text = `TLS_PRIVATE_KEY="-----BEGIN PRIVATE KEY-----\n${LAST}==\n-----END PRIVATE KEY-----"\nTZ=UTC\n`
  const file = fileOf(text)
  expect(envEntries(file)[1]).toEqual({ line: 2, kind: 'other', isEffective: true, masked: true, length: 24 })
  expect(maskedEnvLines(file)).toEqual([`TLS_PRIVATE_KEY=${MASK}`, MASK, MASK, 'TZ=UTC'])
  expect(everythingShown(text)).not.toContain(LAST)
})

test('nor has it where no quote tells that it belongs to a value', () => {
  for (const line of [`${LAST}==`, `k${LAST}=="`, 'kTd92jBcBajYTwImLFiW1Qx=', 'ab+d/x=1', 'kQ==', 'EQ=='])
    expect(envEntries(fileOf(`${line}\n`))[0]).not.toHaveProperty('key')
})

test('a restart does not name it: neither as added nor as removed', () => {
  expect(reasonsFor([[LAST, '=']], ['kQ==', 'ab/d=x'])).toEqual([
    '.env was changed since the start: a line that is no variable added; a line that is no variable removed',
  ])
})

test.each([
  'TZ=UTC',
  'EMPTY=',
  'FOO=',
  'lower=',
  'AWS_S3_BUCKET_REGION_NAME_2=',
  'my.app.name=x',
  'export A=1',
])('%s keeps its name', (line) => {
  expect(envEntries(fileOf(`${line}\n`))[0]?.key).toBe(line.slice(0, line.indexOf('=')))
})

const base64 = fc
  .uint8Array({ minLength: 70, maxLength: 400 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))

test('nothing of a key over several lines is shown, whatever its bytes and the quotes are', () => {
  fc.assert(
    fc.property(
      base64,
      fc.constantFrom('"', "'"),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (body, quote, end, isTight) => {
        const pieces = body.match(/.{1,64}/g) ?? []
        const lines = isTight
          ? pieces
          : ['-----BEGIN PRIVATE KEY-----', ...pieces, '-----END PRIVATE KEY-----']
        const text = `CERT_PRIVATE_KEY=${quote}${lines.join(end)}${quote}${end}TZ=UTC${end}`
        const shown = everythingShown(text)
        for (const piece of pieces.map((one) => one.replace(/=+$/, '')).filter(({ length }) => length > 3))
          expect(shown).not.toContain(piece)
      },
    ),
  )
})

test('nor is a short piece inside of such a value', () => {
  const shown = everythingShown('A_SECRET="first\nabcd+/=\nxyzk=1\nqrst\n# uvwz\n  lmno"\nTZ=UTC\n')
  for (const piece of ['abcd', 'xyzk', 'qrst', 'uvwz', 'lmno']) expect(shown).not.toContain(piece)
})
