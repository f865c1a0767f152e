import { expect, test } from 'vitest'
import { parseMemory, parseOddFiles } from './examination.ts'

test('memory is read in bytes; what is not told counts as none', () => {
  const text = 'MemTotal:        2048 kB\nMemFree:  12 kB\nMemAvailable:    1024 kB\nSwapFree:  512 kB\n'
  expect(parseMemory(text)).toEqual({ availableBytes: 1_048_576, swapFreeBytes: 524_288 })
  expect(parseMemory('MemTotal: 5 kB\n')).toEqual({ availableBytes: 0, swapFreeBytes: 0 })
})

test('odd files keep their names, whatever is in them', () => {
  const text = 'f 0 644 /home/r/.razroom/.env\0d 900 755 /home/r/a b\nc\0s 900 777 /home/r/sock\0'
  expect(parseOddFiles(text)).toEqual([
    { path: '/home/r/.razroom/.env', kind: 'file', uid: 0, mode: 0o644 },
    { path: '/home/r/a b\nc', kind: 'directory', uid: 900, mode: 0o755 },
    { path: '/home/r/sock', kind: 'other', uid: 900, mode: 0o777 },
  ])
  expect(parseOddFiles('')).toEqual([])
})
