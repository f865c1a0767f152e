import { expect, test } from 'vitest'
import { readLogFacts } from './log-facts.ts'

const gateway = (colour: number, subsystem: string, message: string): string =>
  `\x1b[90m2026-11-23T11:40:08.850Z\x1b[39m \x1b[36m[${subsystem}]\x1b[39m \x1b[${colour}m${message}\x1b[39m`

test.each([
  [gateway(36, 'gateway', 'listening on ws://0.0.0.0:18789 (PID 2)'), 'info', 'gateway'],
  [gateway(33, 'ws', 'closed before connect'), 'warn', 'ws'],
  [gateway(31, 'canvas', 'host failed to start'), 'error', 'canvas'],
  [gateway(90, 'gateway/channels', 'x'), 'debug', 'gateway/channels'],
  [gateway(36, 'gateway', 'Error: something'), 'error', 'gateway'],
  ['2026-11-23T11:44:36.681+00:00 Config invalid', 'fatal', ''],
  ['Config invalid File: ~/.razroom/razroom.json', 'unknown', ''],
  [gateway(33, 'reload', 'config reload skipped (invalid config): Config invalid'), 'warn', 'reload'],
  ['plain text', 'unknown', ''],
  ['', 'unknown', ''],
  ['WARN: disk is nearly full', 'warn', ''],
  ['[error] it broke', 'error', ''],
  ['[INFO] started', 'info', ''],
  ['TypeError: x is not a function', 'error', ''],
  ['Uncaught Error: nope', 'error', ''],
  ['    at Object.<anonymous> (file.js:1:1)', 'unknown', ''],
  ['information about errors', 'unknown', ''],
  ['{"level":"warn","msg":"x","subsystem":"cron"}', 'warn', 'cron'],
  ['{"level":50,"name":"app","msg":"x"}', 'error', 'app'],
  ['{"severity":"CRITICAL"}', 'fatal', ''],
  ['{"level":{}}', 'unknown', ''],
  ['{not json', 'unknown', ''],
  ['{"level":30,"name":"a\\u202eb\\n\\u001b[31mc\\u0000"}', 'info', 'abc'],
  // What every object of JavaScript has is no level.
  ['[constructor] called', 'unknown', 'constructor'],
  ['{"level":"constructor"}', 'unknown', ''],
  ['{"severity":"__proto__","name":"x"}', 'unknown', 'x'],
])('%j is %s of %j', (text, level, subsystem) => {
  expect(readLogFacts(text)).toEqual({ level, subsystem })
})
