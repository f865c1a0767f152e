import { beforeEach, expect, test } from 'vitest'
import { CommandTimeout } from '../errors.ts'
import type { ContainerCommandResult } from '../host/host.ts'
import { createGatewayCommands, type GatewayCommands } from './gateway-commands.ts'
import { makeFileWorld } from './test-file-world.ts'

const SLOW = 'channels status --json'
const QUICK = 'devices list --json'

let commands: GatewayCommands
let begun: string[]
let flags: string[]
/** Ends the command of these words. */
let ends: Map<string, (exitCode: number) => void>

beforeEach(() => {
  const world = makeFileWorld()
  begun = []
  flags = []
  ends = new Map()
  Object.assign(world.host, {
    describePodman: (_user: unknown, args: readonly string[]) => `podman ${args.join(' ')}`,
    execInContainer: (_user: unknown, { argv }: { argv: readonly string[] }) => {
      const at = argv.indexOf('dist/index.js')
      const words = argv.slice(at + 1).join(' ')
      begun.push(words)
      flags.push(argv.slice(1, at).join(' '))
      return new Promise<ContainerCommandResult>((resolve) => {
        ends.set(words, (exitCode) => resolve({ exitCode, stdout: '', stderrLines: [] }))
      })
    },
  })
  commands = createGatewayCommands(world.host)
})

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
const ask = (words: string) => commands.run(words.split(' '), 1_000)
const askInBackground = (words: string) => commands.runInBackground(words.split(' '), 1_000)

test('who is waited for does not wait for what nobody waits for', async () => {
  const slow = askInBackground(SLOW)
  await turn()
  const quick = ask(QUICK)
  await turn()
  expect(begun).toEqual([SLOW, QUICK])
  ends.get(QUICK)?.(0)
  await quick
  ends.get(SLOW)?.(0)
  await slow
})

test('what nobody waits for begins when nothing else runs, and one at a time', async () => {
  const quick = ask(QUICK)
  const both = [askInBackground(SLOW), askInBackground('doctor')]
  await turn()
  expect(begun).toEqual([QUICK])
  ends.get(QUICK)?.(0)
  await quick
  await turn()
  expect(begun).toEqual([QUICK, SLOW])
  ends.get(SLOW)?.(0)
  await turn()
  expect(begun).toEqual([QUICK, SLOW, 'doctor'])
  ends.get('doctor')?.(0)
  await Promise.all(both)
})

test('only what nobody waits for gives way to the gateway; a Node that can not is asked plainly', async () => {
  const slow = askInBackground(SLOW)
  await turn()
  expect(decodeURIComponent(flags[0] ?? '')).toMatch(
    /^--import data:text\/javascript,.*setPriority\(Number\(id\),19\)/,
  )
  ends.get(SLOW)?.(9)
  await turn()
  expect([begun, flags[1]]).toEqual([[SLOW, SLOW], ''])
  ends.get(SLOW)?.(0)
  await slow
  const quick = ask(QUICK)
  await turn()
  ends.get(QUICK)?.(0)
  await quick
  expect(flags[2]).toBe('')
})

test('one that ended itself because it hung is told as late, with the command a person would type', async () => {
  const slow = askInBackground(SLOW)
  await turn()
  ends.get(SLOW)?.(124)
  await expect(slow).rejects.toMatchObject({
    code: 'GATEWAY_COMMAND_FAILED',
    detail: 'it did not end within 1 s',
    command: `podman exec razroom node dist/index.js ${SLOW}`,
  })
})

test('a failure keeps no other from its turn', async () => {
  const first = askInBackground(SLOW)
  await turn()
  const second = askInBackground(QUICK)
  ends.get(SLOW)?.(1)
  await expect(first).rejects.not.toBeInstanceOf(CommandTimeout)
  await turn()
  ends.get(QUICK)?.(0)
  expect((await second).exitCode).toBe(0)
})
