import dotenv from 'dotenv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAsDotenv } from './read-as-dotenv.ts'
import { anyDocument } from './test-documents.ts'
import { TABLE } from './test-table.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const runs = process.env.RAZROOM_TEST_FULL === '1' ? 100_000 : 10_000

function expectAgreement(bytes: Uint8Array): void {
  const { variables, unknown } = readAsDotenv(bytes)
  expect(Object.fromEntries(variables)).toEqual(dotenv.parse(Buffer.from(bytes)))
  expect([...unknown]).toEqual([])
}

test.each(TABLE)('dotenv itself agrees on $title', ({ file }) => {
  expectAgreement(typeof file === 'string' ? encode(file) : file)
})

test('dotenv itself agrees on documents made by chance', () => {
  fc.assert(fc.property(anyDocument, expectAgreement), { numRuns: runs, seed: 20_260_217 })
})

test('dotenv itself agrees on any text of the signs that mean something to it', () => {
  const signs = fc.constantFrom(
    ...'AB=:#"\'`\\nr \t\n\r$-.'.split(''),
    'export ',
    '\u2028',
    '\ufeff',
    '\u00a0',
  )
  const text = fc.array(signs, { maxLength: 24 }).map((parts) => encode(parts.join('')))
  fc.assert(fc.property(text, expectAgreement), { numRuns: runs, seed: 20_260_217 })
})

test('lines are counted at LF, also where dotenv sees more of them', () => {
  const { lines } = readAsDotenv(encode('# c\r\nA="x\ny"\r\n\r\n  B=1\rC=2\n\nexport D: 3'))
  expect([...lines]).toEqual([
    ['A', 2],
    ['B', 5],
    ['C', 5],
    ['D', 7],
  ])
})

test('a value that could take long is not looked into, and long files are quick', () => {
  const { unknown } = readAsDotenv(encode(`A='${'"\u2028'.repeat(3000)}`))
  expect([...unknown.keys()]).toEqual(['A'])
  const started = process.cpuUsage()
  for (const text of ['\n'.repeat(500_000), 'A=1\n\n'.repeat(100_000), `A="${'\\"'.repeat(200_000)}`]) {
    readAsDotenv(encode(text))
  }
  expect(process.cpuUsage(started).user).toBeLessThan(5_000_000)
})
