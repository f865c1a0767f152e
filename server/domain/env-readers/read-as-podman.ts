/**
 * `podman run --env-file`, and Quadlet's `[Container] EnvironmentFile=`: lines, cut at the first `=`, nothing else.
 * Measured with 4.3.1 and 5.4.2, which agree. Imports nothing of Node.
 */
import { type EnvLine, lineText, parseEnvFile } from '../env-file.ts'
import { type HostVariables, NO_VARIABLES, type ReaderResult, ReadingDraft } from './reader-result.ts'
import { replaceInvalidBytes } from './utf8.ts'

/** Go's bufio.Scanner gives up when its buffer of 64 KiB holds no whole line (its MaxScanTokenSize). */
const TOO_LONG = 65_536
const LF = 0x0a

/**
 * @param env of the user who runs podman: what bare names (`A`, `PRE*`) import
 * @returns a refusal (podman's exit code 125: no container) for `=x` and for a line that is too long
 */
export function readAsPodman(bytes: Uint8Array, env: HostVariables = NO_VARIABLES): ReaderResult {
  const draft = new ReadingDraft()
  for (const line of parseEnvFile(bytes).lines) {
    const length = line.raw.at(-1) === LF ? line.raw.length - 1 : line.raw.length
    if (length >= TOO_LONG) return draft.refuse('the line is longer than 65,535 bytes', line.number)
    const { key, value } = readLikeGo(line)
    if (key !== undefined && value !== undefined) draft.set(key, value, line.number)
    else if (line.kind === 'other') {
      const text = lineText(line).replace(/^[ \t]+/, '')
      if (text.startsWith('=')) return draft.refuse('the line has no name before its “=”', line.number)
      if (!text.includes('=')) importBare(draft, text, line.number, env)
    }
  }
  return draft.finish()
}

/** Cut UTF-8 sequences become one replacement character for each byte, where TextDecoder makes one of all. */
function readLikeGo(line: EnvLine): EnvLine {
  if (line.kind !== 'assignment' || !line.raw.some((byte) => byte >= 0x80)) return line
  return parseEnvFile(replaceInvalidBytes(line.raw)).lines[0] ?? line
}

/** A bare name takes the host's variable, when there is one; `PRE*` all that begin so. */
function importBare(draft: ReadingDraft, name: string, line: number, env: HostVariables): void {
  draft.imports.push({ line, name })
  for (const [key, value] of env) {
    if (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name) draft.set(key, value, line)
  }
}
