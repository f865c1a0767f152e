import type { Plugin } from 'vite'

/**
 * Built-ins with exports that Node only makes when they are read, and what is imported of them. To `import` such a module
 * reads all there are: with node:http come HTTP/2 and another client for HTTP, 30 ms of a start, with node:process stdin.
 */
const IMPORTED: Readonly<Record<string, readonly string[]>> = {
  'node:http': ['STATUS_CODES', 'createServer', 'request'],
  'node:process': ['execArgv', 'execPath', 'hrtime', 'platform'],
}
/** Fastify requires it for servers of a kind that we do not have: another 10 ms. */
const UNUSED = 'node:http2'
const PREFIX = '\0plain-builtin:'

/** What must not be external, or the bundler would not ask for it. */
export const PLAIN_BUILTINS: ReadonlySet<string> = new Set([...Object.keys(IMPORTED), UNUSED])

/** Takes from process.getBuiltinModule(), which reads nothing, what is imported. A name too few ends the build. */
export function plainBuiltins(): Plugin {
  return {
    name: 'plain-builtins',
    enforce: 'pre',
    resolveId(source, _importer, options) {
      if (!PLAIN_BUILTINS.has(source)) return null
      const isRequired = 'kind' in options && options.kind === 'require-call'
      return isRequired === (source === UNUSED) ? `${PREFIX}${source}` : { id: source, external: true }
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null
      const name = id.slice(PREFIX.length)
      const builtin = `process.getBuiltinModule(${JSON.stringify(name)})`
      const names = IMPORTED[name]
      return names === undefined
        ? `module.exports = new Proxy({}, { get: (_none, name) => ${builtin}[name] })`
        : `const builtin = ${builtin}\nexport const { ${names.join(', ')} } = builtin\nexport default builtin`
    },
  }
}
