import { expect, test } from 'vitest'
import { explainLine } from '../../../server/domain/fatal-lines.ts'
import { mayMeanMore } from './explain-lines.ts'

/** Those of docs/facts/razroom-gateway.md, "Fatal lines", and of podman. */
const FATAL = [
  'Gateway start blocked: set gateway.mode=local (current: unset) or pass --allow-unconfigured.',
  'Missing config. Run `razroom setup` or set gateway.mode=local (or pass --allow-unconfigured).',
  'Refusing to bind gateway to lan without auth.',
  '  - <root>: JSON5 parse failed: SyntaxError: JSON5: invalid character at 2:1',
  '  - gateway: Unrecognized key: "foo"',
  'Config invalid',
  "Failed to read config at /home/node/.razroom/razroom.json Error: EACCES: permission denied, open 'x'",
  'Gateway failed to start: gateway already running (pid 7); lock timeout after 5000ms',
  'Error: lookup init binary: exec: "catatonit": executable file not found in $PATH',
  'exec: "catatonit": executable file not found in $PATH, lookup',
  'crun: cgroups in hybrid mode not supported',
  'parsing file "/home/razroom/.razroom/.env": invalid variable: "=x"',
  'bufio.Scanner: token too long',
  'open /home/razroom/.razroom/.env: no such file or directory',
  'rootlessport listen tcp 127.0.0.1:18789: bind: address already in use',
  'port is already allocated',
  'write /home/razroom/x: no space left on device',
  'ENOSPC: no space left on device',
  'Reached heap limit Allocation failed - JavaScript heap out of memory',
  '[canvas] host failed to start: EACCES',
  'device token mismatch',
  'closed before connect code=1008 reason=pairing required',
]

test('a line with a meaning is one for which the meanings are fetched', () => {
  const explained = FATAL.filter((text) => explainLine(text) !== null)
  expect(explained.length).toBeGreaterThan(15)
  expect(explained.filter((text) => !mayMeanMore(text))).toEqual([])
})

test('lines of every day are not', () => {
  for (const text of [
    '[gateway] listening on ws://0.0.0.0:18789 (PID 2)',
    '{"level":50,"msg":"failed"}',
    'TypeError: x is undefined',
    "It keeps Razroom's operational contract (start, token, pairing, logs, wizard)",
  ])
    expect(mayMeanMore(text)).toBe(false)
})
