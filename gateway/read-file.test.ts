import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readText } from './read-file.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-read-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

it('reads a file, also through a link', () => {
  writeFileSync(join(directory, 'a'), 'text')
  symlinkSync('a', join(directory, 'b'))
  expect(readText(join(directory, 'b'))).toBe('text')
})

it('reads nothing without end', () => {
  symlinkSync('/dev/zero', join(directory, 'zero'))
  expect(() => readText(join(directory, 'zero'))).toThrow(/EINVAL/)
})

it('waits for nobody to write into a pipe', () => {
  execFileSync('mkfifo', [join(directory, 'pipe')])
  expect(() => readText(join(directory, 'pipe'))).toThrow(/EINVAL/)
})

it('says what stands in its way', () => {
  expect(() => readText(directory)).toThrow(/EISDIR/)
  expect(() => readText(join(directory, 'none'))).toThrow(/ENOENT/)
  writeFileSync(join(directory, 'large'), '')
  truncateSync(join(directory, 'large'), 16_777_217)
  expect(() => readText(join(directory, 'large'))).toThrow(/EFBIG/)
})
