import { copyFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { defineConfig, type Plugin, type UserConfig } from 'vite'
import { PLAIN_BUILTINS, plainBuiltins } from './scripts/supply/plain-builtins.ts'
import { precompress } from './scripts/supply/precompress.ts'
import { ptyPackage, recordPackages } from './scripts/supply/record-packages.ts'
import { shortLoader } from './scripts/supply/short-loader.ts'

/** What can't be bundled: the compiled part of the terminal, beside the programs (server/host/terminal-agent/pty.ts). */
const copyPty: Plugin = {
  name: 'copy-pty',
  writeBundle({ dir = 'dist/server' }) {
    copyFileSync(join(import.meta.dirname, ptyPackage(process.arch), 'pty.node'), join(dir, 'pty.node'))
  },
}

/**
 * With one letter beyond Latin-1 in it V8 holds a whole file with two bytes a letter, for as long as the program runs: 3 MB
 * of the front. Only strings, templates and expressions have such letters, where an escape means the same.
 */
const escapeLetters: Plugin = {
  name: 'escape-letters',
  transform(code, id) {
    // The one place where an escape is not read.
    if (code.includes('String.raw') && BEYOND_ASCII.test(code))
      this.error(`String.raw beside such letters: ${id}`)
  },
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = escaped(file.code)
  },
}
const BEYOND_ASCII = /[^\0-\x7f]/
const escaped = (code: string): string =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * Each file is a millisecond of a start. What all begin with, what has to do with schemas, and what else both halves have
 * are one each; the user's agent, which has little, loads none of them.
 */
const SHARED = [
  {
    name: 'start',
    test: /\/(?:server\/cli\/(?:problem-error|terminal-text|parse-arguments)|contract\/nearest|server\/host\/(?:handed-sockets|reused-reads))\.ts$/,
  },
  {
    name: 'shapes',
    test: /\/node_modules\/typebox\/|\/contract\/(?:settings|backups|logs|versions|audit|images)\.ts$|^\0plain-builtin:node:http$|\/server\/host\/(?:compile-later|backup\/format)\.ts$/,
  },
  {
    name: 'halves',
    test: /\/server\/(?:redact|domain\/(?:container-grammar|gateway-spec)|host\/(?:chunk-memory|clean-environment|end-process-tree|facts|process-table|reach-manager|run-as-user|unit-words|user-account|user-units|split\/(?:flow|frames|message|serve-lines|verbs|verb-schemas|wire-errors)))\.ts$/,
  },
].map((group) => ({ ...group, includeDependenciesRecursively: false }))

/** One bundle per program: everything but Node itself is inside, so that an install carries no node_modules. */
function program(input: Record<string, string>, outDir: string, plugins: Plugin[] = []): UserConfig {
  return {
    plugins: [plainBuiltins(), ...plugins],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      // Names stay, for the traces of the log; without white space and comments each half needs some MB less.
      minify: false,
      rolldownOptions: {
        input,
        external: (id) => isBuiltin(id) && !PLAIN_BUILTINS.has(id),
        output: {
          entryFileNames: '[name].js',
          format: 'esm',
          minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
          codeSplitting: { groups: SHARED.filter(() => Object.keys(input).length > 1) },
        },
      },
    },
  }
}

export default defineConfig(({ mode }): UserConfig => {
  if (mode === 'server')
    return program(
      {
        main: 'server/main.ts',
        'user-agent': 'server/host/user-agent/main.ts',
        'backup-agent': 'server/host/backup-agent/main.ts',
        'ownership-agent': 'server/host/ownership-agent/main.ts',
        'terminal-agent': 'server/host/terminal-agent/main.ts',
      },
      'dist/server',
      [escapeLetters, copyPty, recordPackages(import.meta.dirname, 'server')],
    )
  if (mode === 'gateway')
    return program({ index: 'gateway/main.ts' }, 'dist/gateway', [
      recordPackages(import.meta.dirname, 'gateway'),
    ])
  return {
    root: 'web',
    plugins: [
      shortLoader(join(import.meta.dirname, 'web/load-styles.ts')),
      recordPackages(import.meta.dirname, 'web'),
      precompress(),
    ],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: '../dist/web',
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: false,
      // Few files: many small ones take more room compressed, and a turn each. What every page needs is one, with the
      // little more that both the overview and the log need; what the overview shares with other pages is another, and
      // what the list of log lines shares with the parts that open over it. A name too few makes a small file more.
      rolldownOptions: {
        // Compressing takes longer than bundling, and is meant to.
        checks: { bundlerTimings: false },
        output: {
          codeSplitting: {
            groups: [
              { name: 'shell', test: /\/web\/(?:main\.tsx|ui\/gateway-controls\.tsx|api\/gateway\.ts)$/ },
              {
                name: 'shared',
                test: /\/web\/(?:ui\/(?:copy-button|command|dialog|link-button|problem-view|setting-words|wait-reason)\.tsx?|ui\/dialog\.css|api\/(?:token|connections)\.ts|state\/connections\.ts)$/,
                includeDependenciesRecursively: false,
              },
              {
                name: 'gateway-controls',
                test: /\/(?:api\/gateway|gateway-controls)\.tsx?$/,
                includeDependenciesRecursively: false,
              },
              {
                name: 'log-lines',
                test: /\/pages\/logs\/(?:logs-page|log-(?:bar|blocks|controls|density|edge|facts|filters|index|json|keys|lines|list|marks|near|place|places|ring|row|row-list|session|stage|times|tool-parts|view|words)|use-.*|copy-rows|held-lines|marks-between|sgr|text-filter|time-select|wrapped-rows)\.tsx?$|\/(?:log-rows|log-facts|log-line|api\/logs)\.ts$/,
                includeDependenciesRecursively: false,
              },
            ],
          },
        },
      },
    },
    server: { host: '127.0.0.1', port: 5173 },
  }
})
