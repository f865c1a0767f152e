import { parseAst } from 'vite'
import type { ImportFact } from './import-rules.ts'

type Node = Readonly<Record<string, unknown>>

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

/** The module a node names as a literal, if it does. */
function sourceOf(node: Node): string | undefined {
  const source = node.source
  return isNode(source) && typeof source.value === 'string' ? source.value : undefined
}

/** Whether an import or export leaves nothing behind when types are gone (`import 'x'` does leave something). */
function isErased(node: Node): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : []
  return (
    node.type === 'ImportDeclaration' &&
    specifiers.length > 0 &&
    specifiers.every((part: unknown) => isNode(part) && part.importKind === 'type')
  )
}

function collect(value: unknown, facts: ImportFact[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, facts)
  else if (isNode(value)) {
    const specifier = sourceOf(value)
    if (specifier !== undefined)
      facts.push({ specifier, isTypeOnly: value.type === 'TSImportType' || isErased(value) })
    else if (value.type === 'ImportExpression' || value.type === 'TSImportType')
      throw new Error('an import whose module is computed cannot be checked: name it as a literal')
    for (const child of Object.values(value)) collect(child, facts)
  }
}

/**
 * Every import of a module: declarations, re-exports, `import()` and `import('x').Type`, from its syntax tree.
 * @throws on a syntax error, and on `import()` of anything but a literal
 */
export function readImports(text: string, path: string): ImportFact[] {
  const facts: ImportFact[] = []
  collect(parseAst(text, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }).body, facts)
  return facts
}
