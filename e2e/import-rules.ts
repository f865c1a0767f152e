/** Who may import whom: the table of docs/architecture.md as data, and what checks it. */

export interface ImportFact {
  /** As written: './x.ts', 'node:fs', 'typebox'. */
  readonly specifier: string
  /** `import type`, `export type`, only `type` names, or a type expression: gone when the program runs. */
  readonly isTypeOnly: boolean
}

/** Paths from the top of the repository -> what each imports. */
export type ImportGraph = ReadonlyMap<string, readonly ImportFact[]>

interface ImportRule {
  /** The row of docs/architecture.md. */
  readonly row: string
  /** `folder/` and all below it, or a file without its suffix. */
  readonly files: readonly string[]
  readonly values: readonly string[]
  readonly types?: readonly string[]
  /** Built-ins of Node; 'harmless' is all but those that touch the machine. */
  readonly node: 'none' | 'any' | 'harmless' | readonly string[]
  /** npm packages, where the row names them; otherwise all but those that touch the machine. */
  readonly packages?: readonly string[]
  /** Modules of server/domain that import nothing of Node, neither do theirs. */
  readonly pureDomain?: true
}

/** What the row of server/host keeps to itself within the server. */
const MACHINE_BUILTINS = ['fs', 'fs/promises', 'child_process'].map((name) => `node:${name}`)
const MACHINE_PACKAGES = ['execa', '@lydell/node-pty']

const BASIS = ['server/errors', 'server/events', 'server/redact']
/** What of the contract the page has at run time; of the rest only types, so that it stays small. */
const PAGE_CONTRACT = [
  'contract/rules',
  'contract/starting-operations',
  'contract/error-codes',
  'contract/log-rows',
]
const HOST_TYPE = ['server/host/host']
/** The version of the panel stands there. */
const MANIFEST = 'package.json'
const SPEAKERS = ['server/http/', 'server/operations/', 'server/monitor', 'server/domain/', 'server/errors']

export const IMPORT_RULES: readonly ImportRule[] = [
  { row: 'contract', files: ['contract/'], values: ['contract/'], node: 'none', packages: ['typebox'] },
  {
    row: 'server/errors, server/events, server/redact',
    files: BASIS,
    values: ['contract/', ...BASIS],
    node: 'harmless',
  },
  {
    row: 'server/domain',
    files: ['server/domain/'],
    values: ['contract/', 'server/domain/', 'server/errors'],
    node: ['node:crypto'],
  },
  {
    row: 'server/host',
    files: ['server/host/'],
    // What a search in the log finds is what the page shows.
    values: ['contract/', 'server/host/', 'server/domain/log-line', ...BASIS],
    node: 'any',
    packages: ['*'],
  },
  {
    row: 'server/operations, server/monitor',
    files: ['server/operations/', 'server/monitor'],
    values: [
      'server/domain/',
      'contract/',
      'server/errors',
      'server/events',
      'server/operations/',
      'server/monitor',
    ],
    types: HOST_TYPE,
    node: 'harmless',
  },
  {
    row: 'server/routes, server/ws',
    files: ['server/routes/', 'server/ws/'],
    values: [...SPEAKERS, 'contract/', 'server/routes/', 'server/ws/'],
    types: [...HOST_TYPE, 'server/events'],
    node: 'harmless',
  },
  {
    row: 'server/http',
    files: ['server/http/'],
    values: ['contract/', 'server/errors', 'server/http/'],
    node: 'harmless',
  },
  {
    row: 'server/cli',
    files: ['server/cli/'],
    values: ['contract/', 'server/errors', 'server/cli/'],
    node: 'harmless',
  },
  {
    row: 'server/app, server/main',
    files: [
      'server/app',
      'server/main',
      'server/config',
      'server/panel',
      'server/serve',
      'server/serve-both',
      'server/serve-front',
      'server/serve-root',
      'server/root-half',
      'server/open-host',
      'server/connect-panel',
    ],
    values: ['contract/', 'server/', MANIFEST],
    node: 'any',
  },
  { row: 'web/ui', files: ['web/ui/'], values: ['web/ui/'], types: ['contract/'], node: 'none' },
  {
    row: 'web/state, web/api',
    files: ['web/state/', 'web/api/'],
    values: ['web/state/', 'web/api/', ...PAGE_CONTRACT],
    types: ['contract/'],
    node: 'none',
    pureDomain: true,
  },
  {
    row: 'web/pages',
    files: ['web/pages/'],
    values: ['web/ui/', 'web/state/', 'web/api/', ...PAGE_CONTRACT],
    types: ['contract/'],
    node: 'none',
    pureDomain: true,
  },
  {
    row: 'web/main, web/app',
    files: ['web/'],
    values: ['web/'],
    types: ['contract/'],
    node: 'none',
  },
  { row: 'gateway', files: ['gateway/'], values: ['gateway/'], node: 'any', packages: ['*'] },
  { row: 'scripts', files: ['scripts/'], values: ['scripts/'], node: 'any', packages: ['vite'] },
  {
    row: 'e2e, bench',
    files: ['e2e/', 'bench/'],
    // The attack suite enumerates the endpoints, so that a new route is attacked from its first day; error codes, close
    // codes, the schemas of answers and frames and the frames of log rows are the contract's as well.
    values: [
      'e2e/',
      'bench/',
      'contract/endpoints',
      'contract/error-codes',
      'contract/events',
      'contract/log-rows',
      'contract/logs',
      'contract/schemas',
      'contract/terminal',
    ],
    types: ['contract/'],
    node: 'any',
    packages: ['*'],
  },
]

function matches(path: string, pattern: string): boolean {
  return pattern.endsWith('/') ? path.startsWith(pattern) : path.replace(/\.tsx?$/, '') === pattern
}

function matchesAny(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(path, pattern))
}

/** The rule of a file: the first whose pattern fits, so that narrow rows stand above wide ones. */
function ruleOf(path: string): ImportRule | undefined {
  return IMPORT_RULES.find((rule) => matchesAny(path, rule.files))
}

/** `web/pages/logs/` for a file of that page. */
function pageOf(path: string): string | undefined {
  return /^web\/pages\/[^/]+\//.exec(path)?.[0]
}

function resolveOwn(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1)
}

/** Whether a module and all it imports at run time do without Node. */
function isFreeOfNode(path: string, graph: ImportGraph, seen = new Set<string>()): boolean {
  if (seen.has(path)) return true
  seen.add(path)
  return (graph.get(path) ?? []).every(({ specifier, isTypeOnly }) => {
    if (isTypeOnly || !specifier.startsWith('.')) return isTypeOnly || !specifier.startsWith('node:')
    return isFreeOfNode(resolveOwn(path, specifier), graph, seen)
  })
}

function mayUseNode({ node }: ImportRule, specifier: string): boolean {
  if (node === 'any') return true
  if (node === 'none') return false
  return node === 'harmless' ? !MACHINE_BUILTINS.includes(specifier) : node.includes(specifier)
}

function mayUsePackage({ packages }: ImportRule, specifier: string): boolean {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (packages === undefined) return !MACHINE_PACKAGES.includes(name)
  return packages.includes('*') || packages.includes(name)
}

function mayImportOwn(rule: ImportRule, from: string, fact: ImportFact, graph: ImportGraph): boolean {
  const target = resolveOwn(from, fact.specifier)
  if (matchesAny(target, rule.values)) return true
  if (fact.isTypeOnly && matchesAny(target, rule.types ?? [])) return true
  const page = pageOf(from)
  if (page !== undefined && target.startsWith(page)) return true
  if (!rule.pureDomain || !target.startsWith('server/domain/')) return false
  return fact.isTypeOnly || isFreeOfNode(target, graph)
}

/** Each import that its row does not allow, as 'from -> what (row)', and each file that no row covers. */
export function findViolations(graph: ImportGraph): string[] {
  return [...graph].flatMap(([from, facts]) => {
    const rule = ruleOf(from)
    if (rule === undefined) return [`${from} is in no row of the table`]
    return facts
      .filter((fact) => {
        if (fact.specifier.startsWith('.')) return !mayImportOwn(rule, from, fact, graph)
        if (fact.specifier.startsWith('node:')) return !mayUseNode(rule, fact.specifier)
        return !mayUsePackage(rule, fact.specifier)
      })
      .map((fact) => `${from} -> ${fact.specifier} (${rule.row})`)
  })
}
