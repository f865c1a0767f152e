/** The JSON in what a command of the gateway printed: warning boxes and lines of plugins may stand before it. */

/** A line that a document may begin with (docs/facts/razroom-gateway.md, "The CLI in the container"). */
const BEGINNING = /^[{["]/
const MAX_TRIES = 50

/**
 * Finds the document. A line of a log may begin as one does (`[plugins] loaded`), so that each such line is tried, and
 * lines behind the document are left out where they keep it from being read.
 * @returns undefined when there is none
 */
export function readCommandJson(stdout: string): unknown {
  const lines = stdout.replaceAll('\r\n', '\n').split('\n')
  const beginnings = lines.flatMap((line, index) => (BEGINNING.test(line) ? [index] : []))
  for (const from of beginnings.slice(0, MAX_TRIES)) {
    const found = parse(lines.slice(from)) ?? parse(lines.slice(from, endOf(lines, from) + 1))
    if (found) return found.value
  }
  return undefined
}

/** The last line that closes what this one opens, as printed with an indentation. */
function endOf(lines: readonly string[], from: number): number {
  const closing = lines[from]?.startsWith('[') ? ']' : '}'
  return lines.findLastIndex((line, index) => index >= from && line.trimEnd() === closing)
}

function parse(lines: readonly string[]): { readonly value: unknown } | null {
  if (lines.length === 0) return null
  try {
    return { value: JSON.parse(lines.join('\n')) }
  } catch {
    // Not the document: the caller tries the next line that may begin one.
    return null
  }
}
