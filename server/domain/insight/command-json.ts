/** The JSON in what a command of the gateway printed: warning boxes and lines of plugins may stand before it. */

/**
 * A line that a document may begin with (docs/facts/razroom-gateway.md, "The CLI in the container"), as far as one line
 * tells: `[plugins] loaded` is none.
 */
const BEGINNING = /^(?:\{[^\S\n]*(?:["}]|$)|\[[^\S\n]*(?:[[\]{"\d-]|true|false|null|$)|")/gm
const MAX_TRIES = 50
/** Characters that are looked at in all: what is printed may be made so that each try has to go to its end. */
const MAX_LOOKED_AT = 4_194_304

/**
 * Finds the document. A line of a log may begin as one does, so that each such line is tried, and lines behind the
 * document are left out where they keep it from being read.
 * @returns undefined when there is none
 */
export function readCommandJson(stdout: string): unknown {
  const text = stdout.replaceAll('\r\n', '\n')
  let left = MAX_LOOKED_AT
  let tries = 0
  for (const { index } of text.matchAll(BEGINNING)) {
    tries += 1
    for (const end of [text.length, endOf(text, index)]) {
      if (tries > MAX_TRIES || left < 0) return undefined
      left -= end - index
      const found = parse(text.slice(index, end))
      if (found) return found.value
    }
  }
  return undefined
}

/** Behind the last line that closes what the line there opens, as printed with an indentation. */
function endOf(text: string, from: number): number {
  const closing = text[from] === '[' ? '\n]' : '\n}'
  for (let at = text.length; at > from; ) {
    at = text.lastIndexOf(closing, at - 1)
    if (at <= from) break
    const rest = /[^\S\n]*(?:\n|$)/y
    rest.lastIndex = at + closing.length
    if (rest.test(text)) return at + closing.length
  }
  const line = text.indexOf('\n', from)
  return line === -1 ? text.length : line
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // Not the document: the caller tries the next line that may begin one.
    return null
  }
}
