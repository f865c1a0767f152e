import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findViolations, IMPORT_RULES, type ImportFact } from './import-rules.ts'
import { readImports } from './read-imports.ts'

const top = join(import.meta.dirname, '..')
const WORLDS = 'contract,server,web,gateway,scripts,e2e,bench'

/** The tree's modules without its tests and their `test-*.ts` helpers: those may also reach for fixtures. */
function readTree(): Map<string, ImportFact[]> {
  const paths = globSync(`{${WORLDS}}/**/*.{ts,tsx}`, { cwd: top })
    .filter(
      (path) =>
        !/\.(test|d)\.tsx?$|\/test-[^/]+\.tsx?$/.test(path) && !path.startsWith('gateway/rootfs/tree/'),
    )
    .sort()
  return new Map(paths.map((path) => [path, readImports(readFileSync(join(top, path), 'utf8'), path)]))
}

test('every module imports only what its row of docs/architecture.md allows', () => {
  const tree = readTree()
  expect(tree.size).toBeGreaterThan(100)
  expect(findViolations(tree)).toEqual([])
})

test('docs/architecture.md has the same rows', () => {
  const text = readFileSync(join(top, 'docs/architecture.md'), 'utf8')
  const section = text.split('## Who may import whom')[1]?.split('\n## ')[0] ?? ''
  const rows = [...section.matchAll(/^\| ([^|]+?) \|/gm)].map(([, row]) => row)
  expect(rows.slice(2)).toEqual(IMPORT_RULES.map(({ row }) => row))
})

/** One module, and the text that it would have. */
function violationsOf(path: string, text: string, others: Record<string, string> = {}): string[] {
  const modules = Object.entries({ [path]: text, ...others })
  return findViolations(new Map(modules.map(([name, content]) => [name, readImports(content, name)])))
}

describe('a violation is found', () => {
  test.each([
    ['contract/x.ts', `import { InputError } from '../server/errors.ts'`],
    ['contract/x.ts', `import { readFileSync } from 'node:fs'`],
    ['contract/x.ts', `import Fastify from 'fastify'`],
    ['server/domain/x.ts', `import { readFile } from 'node:fs/promises'`],
    ['server/domain/x.ts', `import type { Host } from '../host/host.ts'`],
    ['server/domain/x.ts', `import { redact } from '../redact.ts'`],
    ['server/operations/x.ts', `import { createHost } from '../host/create-host.ts'`],
    ['server/operations/x.ts', `import { type Host, createHost } from '../host/host.ts'`],
    ['server/operations/x.ts', `import { spawn } from 'node:child_process'`],
    ['server/operations/x.ts', `import { execa } from 'execa'`],
    ['server/operations/x.ts', `export * from '../routes/env.ts'`],
    ['server/routes/x.ts', `const fs = await import('node:fs')`],
    ['server/routes/x.ts', `import { createHost } from '../host/create-host.ts'`],
    ['server/http/x.ts', `import { runner } from '../operations/runner.ts'`],
    ['server/cli/x.ts', `import { runner } from '../operations/runner.ts'`],
    ['server/host/x.ts', `import { parse } from '../domain/env-file.ts'`],
    ['server/errors.ts', `import { readFileSync } from 'node:fs'`],
    ['web/ui/x.tsx', `import { isEnvKey } from '../../contract/rules.ts'`],
    ['web/ui/x.tsx', `import { status } from '../state/status.ts'`],
    ['web/api/x.ts', `import { Status } from '../../contract/schemas.ts'`],
    ['web/pages/logs/x.tsx', `import { EnvTable } from '../environment/env-table.tsx'`],
    ['web/pages/logs/x.tsx', `const h: import('../../../server/host/host.ts').Host | null = null`],
    ['gateway/x.ts', `import { ERROR_CODES } from '../contract/error-codes.ts'`],
    ['e2e/x.ts', `import { isEnvKey } from '../contract/rules.ts'`],
    ['e2e/x.ts', `import type { Host } from '../server/host/host.ts'`],
    ['lib/x.ts', ''],
  ])('%s: %s', (path, text) => {
    expect(violationsOf(path, text)).toHaveLength(1)
  })

  test('a page takes a module of server/domain that uses Node, if only by way of another', () => {
    const others = {
      'server/domain/a.ts': `import { hash } from './b.ts'`,
      'server/domain/b.ts': `import { createHash } from 'node:crypto'`,
    }
    const text = `import { a } from '../../../server/domain/a.ts'`
    expect(violationsOf('web/pages/env/x.ts', text, others)).toEqual([
      'web/pages/env/x.ts -> ../../../server/domain/a.ts (web/pages)',
    ])
  })
})

describe('what the table allows is left alone', () => {
  test.each([
    [
      'server/domain/x.ts',
      `import { createHash } from 'node:crypto'; import { InputError } from '../errors.ts'`,
    ],
    ['server/operations/x.ts', `import type { Host } from '../host/host.ts'`],
    ['server/operations/x.ts', `import { type Host, type HostFacts } from '../host/host.ts'`],
    ['server/host/x.ts', `import { spawn } from 'node:child_process'; import { execa } from 'execa'`],
    ['server/main.ts', `import { createHost } from './host/create-host.ts'`],
    ['web/api/x.ts', `import type { Status } from '../../contract/schemas.ts'`],
    ['web/pages/logs/x.tsx', `import { Row } from './row.tsx'; import { Button } from '../../ui/button.tsx'`],
    ['e2e/journeys/x.ts', `import type { Status } from '../../contract/schemas.ts'`],
  ])('%s: %s', (path, text) => {
    expect(violationsOf(path, text)).toEqual([])
  })

  test('a page uses a module of server/domain that does without Node', () => {
    const others = { 'server/domain/a.ts': `import type { LogLine } from '../../contract/schemas.ts'` }
    expect(
      violationsOf('web/pages/env/x.ts', `import { a } from '../../../server/domain/a.ts'`, others),
    ).toEqual([])
  })
})

test('an import whose module is computed is refused, not overlooked', () => {
  expect(() => readImports('await import(name)', 'server/domain/x.ts')).toThrow('cannot be checked')
})
