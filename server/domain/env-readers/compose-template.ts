/** `$NAME` and `${NAME...}` as compose puts values in. Imports nothing of Node. */

export type Substitution =
  | { readonly value: string }
  | { readonly problem: string; readonly kind: 'refused' | 'not-modelled' }

type Lookup = (name: string) => string | undefined

/** `$$`, `$NAME` or `${`; anything else after a `$` stays. */
const DOLLAR = /\$(?:(?<escaped>\$)|(?<name>[_a-z][_a-z0-9]*)|(?<braced>\{))/giu
const NAME_AND_OPERATOR = /(?<name>[_a-z][_a-z0-9]*)(?<operator>:?[-+?])?/iuy
/** Deeper than people nest, and not so deep that the stack could end. */
const MAX_DEPTH = 50

/** A variable that is not there is put in as nothing. */
export function substituteTemplate(template: string, lookup: Lookup, depth = 0): Substitution {
  if (depth > MAX_DEPTH) return { problem: 'expansions are nested deeply', kind: 'not-modelled' }
  let value = ''
  let done = 0
  DOLLAR.lastIndex = 0
  for (let match = DOLLAR.exec(template); match !== null; match = DOLLAR.exec(template)) {
    value += template.slice(done, match.index)
    done = match.index + match[0].length
    const { escaped, name } = match.groups ?? {}
    if (escaped !== undefined) value += '$'
    else if (name !== undefined) value += lookup(name) ?? ''
    else {
      const braced = readBraced(template, done)
      if (braced === undefined) {
        return { problem: 'a “$” and “{” are not followed by a name and “}”', kind: 'refused' }
      }
      const result = substituteBraced(braced, lookup, depth)
      if (!('value' in result)) return result
      value += result.value
      done = braced.end
    }
    DOLLAR.lastIndex = done
  }
  return { value: value + template.slice(done) }
}

interface Braced {
  readonly name: string
  readonly operator: string | undefined
  readonly alternative: string
  /** The place after its `}`. */
  readonly end: number
}

/** @param start the place after `${`; the `}` must be on the same line */
function readBraced(template: string, start: number): Braced | undefined {
  NAME_AND_OPERATOR.lastIndex = start
  const { name, operator } = NAME_AND_OPERATOR.exec(template)?.groups ?? {}
  if (name === undefined) return undefined
  const after = start + name.length + (operator?.length ?? 0)
  if (operator === undefined) {
    return template[after] === '}' ? { name, operator, alternative: '', end: after + 1 } : undefined
  }
  const lineEnd = template.indexOf('\n', after)
  const line = template.slice(after, lineEnd === -1 ? undefined : lineEnd)
  // Without the brace that belongs to it compose takes the last there is.
  const balanced = findClosingBrace(line)
  const close = balanced === -1 ? line.lastIndexOf('}') : balanced
  if (close === -1) return undefined
  return { name, operator, alternative: line.slice(0, close), end: after + close + 1 }
}

/** The `}` of a `${` before the text, counting those inside it. */
function findClosingBrace(text: string): number {
  let depth = 1
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '}') {
      depth -= 1
      if (depth === 0) return at
    } else if (text.startsWith('${', at)) {
      depth += 1
      at += 1
    }
  }
  return -1
}

function substituteBraced(braced: Braced, lookup: Lookup, depth: number): Substitution {
  const found = lookup(braced.name)
  const operator = braced.operator ?? ''
  if (operator === '') return { value: found ?? '' }
  const isThere = operator.startsWith(':') ? found !== undefined && found !== '' : found !== undefined
  // Read in any case: compose refuses one with a mistake even where it is not needed.
  const alternative = substituteTemplate(braced.alternative, lookup, depth + 1)
  if (!('value' in alternative)) return alternative
  if (operator.endsWith('+')) return isThere ? alternative : { value: '' }
  if (isThere) return { value: found ?? '' }
  if (operator.endsWith('-')) return alternative
  return { problem: 'it demands a variable that is not there', kind: 'refused' }
}
