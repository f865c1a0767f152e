import { expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { openApiDocument } from './http/openapi.ts'
import type { PanelDeps } from './routes/deps.ts'

/** 'METHOD /path' of each route, from the tree that find-my-way prints: four columns a level, then path and methods. */
function readRoutes(tree: string): string[] {
  const prefixes: string[] = []
  return tree
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [, indent = '', path = '', methods] = /^([│ ]*[├└]── )(\S+)(?: \((.*)\))?$/.exec(line) ?? []
      if (path === '') throw new Error(`not a route: ${line}`)
      const depth = indent.length / 4 - 1
      prefixes.length = depth
      prefixes.push(path)
      return methods === undefined
        ? []
        : methods.split(', ').map((method) => `${method} ${prefixes.join('')}`)
    })
}

test('the document has every route of the running app, and nothing else', async () => {
  // No request is made: a route is bound without anything that it works with.
  const app = await buildApp({ sessions: {}, port: 18780 } as unknown as PanelDeps, { kind: 'control' })
  const routes = readRoutes(app.printRoutes({ commonPrefix: false }))
  await app.close()
  const { paths } = openApiDocument('0', 'cookie') as { paths: Record<string, Record<string, unknown>> }
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((verb) => `${verb.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(routes.toSorted()).toEqual(documented.toSorted())
  expect(routes).toContain('GET /api/openapi.json')
})
