/** Mends of what was typed, pasted or imported: the panel does not have it yet, so they are made here. */
import { readContext } from '../../../server/domain/env-context.ts'
import { lineText, parseEnvFile } from '../../../server/domain/env-file.ts'
import { mendLine } from '../../../server/domain/env-mends.ts'

export interface TypedVariable {
  readonly key: string
  readonly value: string
}

const encoder = new TextEncoder()

/**
 * The variable without what the finding says of it.
 * @returns undefined when mending would make a comment or two lines of it, which a row cannot hold
 */
export function mendTyped(key: string, value: string, finding: string): TypedVariable | undefined {
  const lines = mendedLines(`${key}=${value}`, 1, finding)
  if (lines?.length !== 1) return undefined
  const [line] = parseEnvFile(encoder.encode(lines[0] ?? '')).lines
  if (line?.key === undefined || line.value === undefined) return undefined
  return { key: line.key, value: line.value }
}

/** The text with one of its lines mended; every other byte, and the line's ending, stays. @param line from 1 */
export function mendText(text: string, line: number, finding: string): string {
  const lines = text.split(/(?<=\n)/)
  const before = lines[line - 1]
  const mended = mendedLines(text, line, finding)
  if (before === undefined || mended === undefined) return text
  const ending = /\r?\n$/.exec(before)?.[0] ?? ''
  const after = mended.map((mendedLine, index) =>
    index < mended.length - 1 ? `${mendedLine}${ending || '\n'}` : `${mendedLine}${ending}`,
  )
  return [...lines.slice(0, line - 1), ...after, ...lines.slice(line)].join('')
}

function mendedLines(text: string, number: number, finding: string): readonly string[] | undefined {
  const file = parseEnvFile(encoder.encode(text))
  const line = file.lines[number - 1]
  if (line === undefined || lineText(line) !== lineOf(text, number)) return undefined
  return mendLine(line, finding, readContext(file))?.lines
}

/** Bytes of lone surrogates come back as others: then the text can't be mended by its lines. */
function lineOf(text: string, number: number): string {
  return (text.split('\n')[number - 1] ?? '').replace(/\r$/, '')
}
