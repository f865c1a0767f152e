/** The titles of the tests in a file, from its syntax tree. */
import { parseAst } from 'vite'

type Node = Readonly<Record<string, unknown>>

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `it(...)`, `test.each(...)(...)`: whether a call is one of a test, however it is dressed. */
function isTest(callee: unknown): boolean {
  if (!isNode(callee)) return false
  if (callee.type === 'Identifier') return callee.name === 'it' || callee.name === 'test'
  if (callee.type === 'MemberExpression') return isTest(callee.object)
  return callee.type === 'CallExpression' && isTest(callee.callee)
}

function collect(value: unknown, titles: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, titles)
  else if (isNode(value)) {
    const [title] = Array.isArray(value.arguments) ? (value.arguments as unknown[]) : []
    if (value.type === 'CallExpression' && isTest(value.callee) && isNode(title)) {
      if (title.type === 'Literal' && typeof title.value === 'string') titles.add(title.value)
    }
    for (const child of Object.values(value)) collect(child, titles)
  }
}

/** @param text of a module @throws on a syntax error */
export function readTestTitles(text: string, path: string): Set<string> {
  const titles = new Set<string>()
  collect(parseAst(text, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }).body, titles)
  return titles
}
