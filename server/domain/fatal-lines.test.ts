import { expect, test } from 'vitest'
import { checksForLine, explainExit, explainLine } from './fatal-lines.ts'

const colour = (text: string) =>
  `\x1b[90m2026-11-23T11:40:08.850Z\x1b[39m \x1b[36m[gateway]\x1b[39m \x1b[31m${text}\x1b[39m`
const early = (text: string) => `2026-11-23T11:44:36.681+00:00 ${text}`
const READY = colour('listening on ws://0.0.0.0:18789 (PID 2)')

// Texts of docs/facts/razroom-gateway.md, "Fatal lines", and of podman.
test.each([
  [
    'Gateway start blocked: set gateway.mode=local (current: unset) or pass --allow-unconfigured.',
    'gateway.mode',
  ],
  [
    'Gateway start blocked: set gateway.mode=local (current: remote) or pass --allow-unconfigured.',
    'gateway.mode',
  ],
  [
    'Missing config. Run `razroom setup` or set gateway.mode=local (or pass --allow-unconfigured).',
    'no razroom.json',
  ],
  ['Refusing to bind gateway to lan without auth.', 'no token'],
  ['  - <root>: JSON5 parse failed: SyntaxError: JSON5: invalid character at 2:1', 'not valid JSON5'],
  ['  - gateway: Unrecognized key: "foo"', 'refuses unknown keys'],
  [
    "Failed to read config at /home/node/.razroom/razroom.json Error: EACCES: permission denied, open '/home/node/.razroom/razroom.json'",
    'may not read razroom.json',
  ],
  ['Gateway failed to start: gateway already running (pid 7); lock timeout after 5000ms', 'Another gateway'],
  ['Error: lookup init binary: exec: "catatonit": executable file not found in $PATH', 'catatonit'],
  ['Error: OCI runtime error: crun: cgroups in hybrid mode not supported', 'hybrid cgroups'],
  ['Error: parsing file "/home/razroom/.razroom/.env": invalid variable: "=x"', 'a line of .env'],
  [
    'Error: parsing env file "/home/razroom/.razroom/.env": invalid environment variable: "=x"',
    'a line of .env',
  ],
  ['Error: parsing file "/home/razroom/.razroom/.env": bufio.Scanner: token too long', 'a line of .env'],
  ['Error: open /home/razroom/.razroom/.env: no such file or directory', 'no .env'],
  [
    'Error: rootlessport listen tcp 127.0.0.1:18789: bind: address already in use',
    'one of the gateway’s ports',
  ],
  ['Error: write /home/razroom/x: no space left on device', 'disk is full'],
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'out of memory'],
])('%s', (text, meaning) => {
  for (const line of [text, early(text), `\x1b[31m${text}\x1b[39m`]) {
    const found = explainExit(['before', line, 'after'], 1, false)
    expect(found?.meaning).toContain(meaning)
    expect(found?.line).not.toContain('\x1b')
    expect(found?.hint.length).toBeGreaterThan(10)
  }
})

test('no token: the line that says so, not the advice below it', () => {
  const lines = [
    'Refusing to bind gateway to lan without auth.',
    'Set gateway.auth.token/password (or RAZROOM_GATEWAY_TOKEN/RAZROOM_GATEWAY_PASSWORD) or pass --token/--password.',
  ]
  expect(explainExit(lines, 1, false)?.line).toBe(lines[0])
})

test('an invalid config: the line with the place, among those around it', () => {
  const box = (problem: string) => [
    'Config invalid',
    'File: ~/.razroom/razroom.json',
    'Problem:',
    problem,
    'Run: razroom doctor --fix',
  ]
  expect(explainExit(box('  - gateway.port: Expected number'), 1, false)).toMatchObject({
    line: '- gateway.port: Expected number',
    meaning: expect.stringContaining('not what the gateway expects'),
  })
  expect(explainExit(box(''), 1, false)?.line).toBe('Config invalid')
  // Such a line elsewhere is nothing special.
  expect(explainExit(['- attempt 1: failed'], 1, false)?.meaning).toContain('does not know')
})

test.each([
  ['device token mismatch', 'no longer right'],
  ['pairing required', 'new browser'],
  ["[canvas] host failed to start: Error: EACCES: permission denied, mkdir '/x'", 'may not write'],
  ["[cron] failed to start: Error: EACCES: permission denied, open '/x'", 'may not write'],
])('%s is told only when it is the last thing', (text, meaning) => {
  expect(explainExit(['x', colour(text)], 1, false)?.meaning).toContain(meaning)
  expect(
    explainExit([colour(text), 'Refusing to bind gateway to lan without auth.'], 1, false)?.meaning,
  ).toContain('no token')
  expect(explainExit([colour(text), 'boom'], 1, false)?.line).toBe('boom')
})

test('harmless lines are not the reason', () => {
  const harmless = colour('State dir migration skipped: target already exists (~/.razroom)')
  expect(explainExit(['boom', harmless, '', '  '], 1, false)?.line).toBe('boom')
  expect(explainExit([harmless], 1, false)?.line).toBe('exit code 1')
})

test('a fatal line of a start before the one that succeeded is not the reason', () => {
  const lines = ['Refusing to bind gateway to lan without auth.', READY, 'TypeError: x is not a function']
  expect(explainExit(lines, 1, false)).toMatchObject({
    line: 'TypeError: x is not a function',
    meaning: expect.stringContaining('does not know'),
  })
})

test.each([
  [0, false, null],
  [137, true, 'ran out of memory'],
  [137, false, 'before it had started'],
  [143, false, 'told to end'],
  [130, false, 'interrupted'],
  [125, false, 'could not create'],
  [126, false, 'cannot be run'],
  [127, false, 'does not have the program'],
  [7, false, 'does not know'],
])('exit code %i (out of memory: %s)', (exitCode, oomKilled, meaning) => {
  const found = explainExit([READY], exitCode, oomKilled)
  if (meaning === null) expect(found).toBeNull()
  else expect(found?.meaning).toContain(meaning)
})

test('nothing said at all', () => {
  expect(explainExit([], 1, false)?.line).toBe('exit code 1')
})

test('each line that is known names checks that the doctor has', () => {
  expect(checksForLine('Gateway start blocked: set gateway.mode=local (current: unset)')).toEqual(['config'])
  expect(checksForLine('2026-11-23T11:44:36.681+00:00   - gateway.port: Invalid input')).toEqual(['config'])
  expect(checksForLine('Error: listen EADDRINUSE: address already in use')).toEqual(['ports', 'address'])
  expect(checksForLine('hello')).toBeNull()
})

test('a line of a running log, colours and all, is explained alone', () => {
  const line =
    '\x1b[90m2026-11-23T11:40:08.850Z\x1b[39m \x1b[31mError: ENOSPC: no space left on device\x1b[39m'
  expect(explainLine(line)?.meaning).toBe('The disk is full.')
  expect(explainLine('2026-11-23T11:44:36.681+00:00 Config invalid')?.meaning).toBe(
    'razroom.json is not valid.',
  )
  // Below a "Config invalid" only.
  expect(explainLine('  - telegram: connected')).toBeNull()
  expect(explainLine('State dir migration skipped: target already exists (~/.razroom)')).toBeNull()
  expect(explainLine(`${'x'.repeat(3_000)} ENOSPC`)).toBeNull()
})
