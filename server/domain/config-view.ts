/** razroom.json as it may be shown: the same text, line for line, without its secrets. Imports nothing of Node. */
import JSON5 from 'json5'
import { isSecretVariable } from '../../contract/rules.ts'
import { hasSecret } from './env-view.ts'
import { type Node, type Span, scanJson5Parts } from './json5-scanner.ts'
import { MASK } from './mask.ts'
import { maskBrokenText } from './mask-broken-text.ts'
import { textPlaces } from './text-places.ts'

/**
 * The text with a mask in place of each string and number whose key says that it is a secret, or that stands anywhere
 * below such a key, of each string that looks like a credential, and of comments that hold either. A text that is not
 * JSON5 keeps its punctuation and its keys only.
 * @returns as many lines as the text has
 */
export function maskConfigText(text: string): string {
  const spans = findSecrets(text)
  if (spans === null) return maskBrokenText(text)
  let masked = ''
  let at = 0
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    masked += text.slice(at, start) + maskSpan(text.slice(start, end))
    at = end
  }
  return masked + text.slice(at)
}

/** null when the text is not JSON5. */
function findSecrets(text: string): Span[] | null {
  try {
    // The scanner takes more than JSON5: what it makes of a broken text is not what anybody meant.
    JSON5.parse(text)
    const { root, comments } = scanJson5Parts(text)
    const values: Span[] = []
    collectSecretValues(text, root, false, values)
    return [...values, ...secretComments(text, comments, values)]
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

/** In the order of the text. One list for all: a copy at each level would take long for a file that is deep. */
function collectSecretValues(text: string, node: Node, isBelowSecret: boolean, found: Span[]): void {
  if (node.kind === 'array') {
    for (const item of node.items) collectSecretValues(text, item, isBelowSecret, found)
  } else if (node.kind === 'object') {
    for (const member of node.members) {
      if (looksSecret(member.key)) found.push({ start: member.start, end: member.keyEnd })
      collectSecretMember(text, member.key, member.value, isBelowSecret, found)
    }
  } else {
    const source = text.slice(node.start, node.end)
    const isHidden = isBelowSecret || (node.kind === 'string' && looksSecret(node.value))
    if (isHidden && isTelling(source)) found.push(node)
  }
}

function collectSecretMember(
  text: string,
  key: string,
  value: Node,
  isBelowSecret: boolean,
  found: Span[],
): void {
  const isSecret = isBelowSecret || isSecretKey(key)
  // What kind of secret it is, and how many tokens a model takes, are none.
  if (key === 'mode' && value.kind === 'string' && /^(?:token|password|none)$/.test(value.value)) return
  if (/tokens$/i.test(key) && value.kind === 'word') return
  collectSecretValues(text, value, isSecret, found)
}

function isSecretKey(key: string): boolean {
  // camelCase with the underscores by which a variable would separate the words.
  const spelledOut = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  return isSecretVariable(spelledOut, '') || /^(?:pass|pwd|bearer)$/i.test(key)
}

/** There is something in it to hide. */
function isTelling(source: string): boolean {
  return !/^(?:""|''|true|false|null)$/.test(source)
}

function unquote(source: string): string {
  return source.slice(1, -1)
}

function looksSecret(value: string): boolean {
  return (isSecretVariable('', value) && !isName(value)) || hasSecretWord(value)
}

function hasSecretWord(value: string): boolean {
  return /\s|[?&#=]/.test(value) && hasSecret(value)
}

/** Long names of models (`provider/family-4-5-20250929`) have letters and digits, but apart from each other. */
function isName(value: string): boolean {
  const parts = value.split(/[-/._:]/)
  return (
    parts.length > 2 &&
    /^[a-z]{2,}$/i.test(parts[0] ?? '') &&
    parts.every((part) => /^(?:[a-z]{2,15}|\d{1,8}|[a-z]\d{1,2}|\d{1,3}[a-z])$/i.test(part))
  )
}

/** Beside a secret, what it was before is often kept. */
const COULD_BE_ANOTHER = /["']|\d/

/** Comments with nothing but blanks between them are one: a name may stand in one line, its value in the next. */
function secretComments(text: string, comments: readonly Span[], values: readonly Span[]): Span[] {
  const places = textPlaces(text)
  const linesOfSecrets = new Set(values.map(({ end }) => places.of(end).line))
  const groups: Span[][] = []
  for (const comment of comments) {
    const last = groups.at(-1)?.at(-1)
    if (last && text.slice(last.end, comment.start).trim() === '') groups.at(-1)?.push(comment)
    else groups.push([comment])
  }
  return groups
    .filter((group) => {
      const words = group.map((comment) => commentText(text, comment)).join('\n')
      const isBeside = linesOfSecrets.has(places.of(group[0]?.start ?? 0).line)
      return hasSecret(words) || (isBeside && COULD_BE_ANOTHER.test(words))
    })
    .flat()
    .map((comment) => contentOf(text, comment))
}

function contentOf(text: string, { start, end }: Span): Span {
  return { start: start + 2, end: text.startsWith('/*', start) ? end - 2 : end }
}

function commentText(text: string, comment: Span): string {
  const { start, end } = contentOf(text, comment)
  return text.slice(start, end)
}

/** One mask in each line that the secret has; quotes stay. */
function maskSpan(source: string): string {
  const quote = /^(["']).*\1$/s.exec(source)?.[1] ?? ''
  const inner = quote === '' ? source : unquote(source)
  const masked = inner.split('\n').map((line) => line.replace(/\S(?:.*\S)?/s, MASK))
  return `${quote}${masked.join('\n')}${quote}`
}
