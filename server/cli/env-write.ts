import { setTimeout as sleep } from 'node:timers/promises'
import type { EnvEdit, EnvSaved } from '../../contract/env.ts'
import { isEnvKey, isSecretVariable } from '../../contract/rules.ts'
import type { Client } from './client.ts'
import type { CommandContext } from './command.ts'
import { hasCode, usageError } from './problem-error.ts'
import { readHidden, readInput } from './read-input.ts'

/** Writers that come between: a script that sets variables one by one has some ten at most at a time. */
const SAVE_TRIES = 12
const MAX_PAUSE_MS = 200

/** `env set K=V...`; a K alone takes its value from standard input. Errors: USAGE, ENV_INVALID and others of the panel. */
export async function setEnv(context: CommandContext, operands: readonly string[]): Promise<number> {
  if (operands.length === 0) throw usageError('env set needs K=V, or K and the value on standard input')
  const words = operands.map(splitAssignment)
  const withoutValue = words.filter(({ value }) => value === undefined)
  const isPrompting = context.io.stdin.isTTY === true
  if (withoutValue.length > 1 && !isPrompting)
    throw usageError(
      `standard input holds one value, not ${withoutValue.length}; or write them as NAME=VALUE, with the = and no blanks`,
    )
  const edits: EnvEdit[] = []
  for (const { key, value } of words)
    edits.push({ op: 'set', key, value: value ?? (await readValue(context, key)) })
  const seen = words.find(({ key, value }) => value !== undefined && isSecretVariable(key, value))
  const saved = await save(await context.client(), edits)
  report(context, saved)
  if (seen !== undefined)
    context.out.note(`Its value is in the history of your shell now. Next time: env set ${seen.key}`)
  return 0
}

/** `env unset K...`. Errors: USAGE, ENV_KEY_NOT_FOUND. */
export async function unsetEnv(context: CommandContext, operands: readonly string[]): Promise<number> {
  if (operands.length === 0) throw usageError('env unset needs the name of a variable')
  const edits = operands.map((key): EnvEdit => ({ op: 'unset', key: checkedKey(key) }))
  report(context, await save(await context.client(), edits))
  return 0
}

/** Saves against the version just read; again when another writer came between: edits by name can be repeated. */
async function save(client: Client, edits: EnvEdit[]): Promise<EnvSaved> {
  for (let tries = 1; ; tries += 1) {
    const { etag } = await client.call('GET /api/env', {})
    try {
      return await client.call('PUT /api/env', { body: { edits }, ifMatch: etag })
    } catch (error) {
      if (tries === SAVE_TRIES || !hasCode(error, 'ENV_CHANGED')) throw error
      // Several shells at once would meet again, were each to wait as long.
      await sleep(Math.random() * MAX_PAUSE_MS)
    }
  }
}

/** Says what a save did; with `--json` as the one document. */
export function report({ out }: CommandContext, saved: EnvSaved): void {
  if (out.json) {
    out.document(saved)
    return
  }
  out.line(saved.changed ? 'Saved.' : 'It was already so: nothing was changed.')
  if (saved.restartRequired) out.line('To take effect it needs: sudo razroom-panel restart')
}

function splitAssignment(word: string): { key: string; value: string | undefined } {
  const at = word.indexOf('=')
  if (at < 0) return { key: checkedKey(word), value: undefined }
  const key = checkedKey(word.slice(0, at))
  return { key, value: checkedValue(key, word.slice(at + 1)) }
}

function checkedKey(key: string): string {
  if (isEnvKey(key)) return key
  throw usageError(`${JSON.stringify(key)} is no name of a variable: letters, digits and _, no digit first`)
}

/** What .env can't hold on one line (docs/facts/env-dialects.md). The value itself is not told. */
function checkedValue(key: string, value: string): string {
  if (!/[\r\n\0]/.test(value)) return value
  throw usageError(
    `the value of ${key} has a line break or a NUL in it: .env holds one line for each variable`,
  )
}

/** Nothing typed, nothing in the pipe is rather a mistake than a wish: it must not empty a variable that has a value. */
async function readValue({ io }: CommandContext, key: string): Promise<string> {
  const value =
    io.stdin.isTTY === true
      ? await readHidden(io, `Value of ${key} (not shown): `)
      : (await readInput(io.stdin)).replace(/\r?\n$/, '')
  if (value !== '') return checkedValue(key, value)
  throw usageError(
    `the value given for ${key} is empty, and nothing was saved; to remove the variable: env unset ${key}; ` +
      `to empty it on purpose: env set ${key}=`,
  )
}
