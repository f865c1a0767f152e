import { PassThrough, Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { CliIo } from './cli-io.ts'
import { readHidden, readInput } from './read-input.ts'

function terminal(): { io: CliIo; type(text: string): void; shown(): string; modes: boolean[] } {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => modes.push(raw),
  })
  let written = ''
  const screen = (): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk)
        done()
      },
    })
  const io: CliIo = {
    stdin,
    stdout: screen(),
    stderr: screen(),
    isTty: true,
    env: {},
    uid: 0,
    hasSudo: true,
    cwd: '/',
    onInterrupt: () => () => {},
  }
  return { io, type: (text) => stdin.write(text), shown: () => written, modes }
}

test('asks without showing what is typed, and leaves the terminal as it was', async () => {
  const { io, type, shown, modes } = terminal()
  const answer = readHidden(io, 'Value of KEY: ')
  type('sk-ecret\r')
  expect(await answer).toBe('sk-ecret')
  expect(shown()).toBe('Value of KEY: \n')
  expect(modes).toEqual([true, false])
})

test.each([
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('%s cancels', async (_, key) => {
  const { io, type, modes } = terminal()
  const answer = readHidden(io, 'Value: ')
  type(key)
  await expect(answer).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
  expect(modes.at(-1)).toBe(false)
})

test('reads all of standard input, split inside a character too', async () => {
  const bytes = Buffer.from('A=é\n')
  expect(await readInput(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]))).toBe('A=é\n')
})

test('refuses input above 1 MiB, and input that is not UTF-8', async () => {
  const big = Readable.from(Array.from({ length: 3 }, () => Buffer.alloc(600_000, 97)))
  await expect(readInput(big)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  await expect(readInput(Readable.from([Buffer.from([65, 61, 0xff])]))).rejects.toMatchObject({
    code: 'ENV_NOT_UTF8',
  })
})
