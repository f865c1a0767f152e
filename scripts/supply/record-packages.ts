/**
 * Everything is bundled, so no node_modules tells what a release is made of. The bundler does: while it builds, each
 * program's packages are written down, and the SBOM is made of that (docs/adr/0010-what-is-shipped.md).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { packageOfModule } from './lockfile.ts'

/** The programs of a release, as vite's modes. */
export const PROGRAMS = ['server', 'web', 'gateway'] as const
export type Program = (typeof PROGRAMS)[number]
/** The packages of each program, as keys of the lockfile. */
export type ShippedPackages = Readonly<Record<Program, readonly string[]>>

interface Chunk {
  readonly type: string
  readonly modules?: Readonly<Record<string, unknown>>
}

/** The compiled part of the terminal, which no bundler can take in (vite.config.ts copies it). */
export const ptyPackage = (arch: string): string => `node_modules/@lydell/node-pty-linux-${arch}`

/** The packages whose modules are in a bundle. */
export function packagesInBundle(chunks: readonly Chunk[]): string[] {
  const ids = chunks.flatMap(({ modules }) => Object.keys(modules ?? {}))
  return [...new Set(ids.map(packageOfModule).filter((path) => path !== null))].sort()
}

/** Writes dist/packages/<program>.json beside what is built. */
export function recordPackages(top: string, program: Program): Plugin {
  return {
    name: 'record-packages',
    writeBundle(_options, bundle) {
      const packages = packagesInBundle(Object.values(bundle))
      if (program === 'server') packages.push(ptyPackage(process.arch))
      mkdirSync(join(top, 'dist/packages'), { recursive: true })
      writeFileSync(recordPath(top, program), `${JSON.stringify(packages.sort(), null, 2)}\n`)
    },
  }
}

/** What the last build wrote down. @throws when a program has not been built */
export function readRecords(top: string): ShippedPackages {
  const read = (program: Program): string[] => {
    try {
      return JSON.parse(readFileSync(recordPath(top, program), 'utf8')) as string[]
    } catch (cause) {
      throw new Error(`it is not known what is in dist/${program}: run \`npm run build\``, { cause })
    }
  }
  return { server: read('server'), web: read('web'), gateway: read('gateway') }
}

function recordPath(top: string, program: Program): string {
  return join(top, `dist/packages/${program}.json`)
}
