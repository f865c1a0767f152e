/** What package-lock.json says of the packages, keyed by where each lies ('node_modules/ws'). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LockedPackage {
  readonly version: string
  readonly license?: string
  /** Hash of the package's archive, as in Subresource Integrity: 'sha512-...'. */
  readonly integrity?: string
  /** Where it came from. Left out for packages of the registry (.npmrc, omit-lockfile-registry-resolved). */
  readonly resolved?: string
  /** Only for building and testing. */
  readonly dev?: boolean
  readonly optional?: boolean
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}

export interface Lockfile {
  readonly name: string
  readonly version: string
  /** Without the project itself. */
  readonly packages: ReadonlyMap<string, LockedPackage>
}

/** @param top the checkout @throws when it has no lockfile */
export function readLockfile(top: string): Lockfile {
  const file = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8')) as {
    name: string
    version: string
    packages: Record<string, LockedPackage>
  }
  const packages = new Map(Object.entries(file.packages).filter(([path]) => path !== ''))
  return { name: file.name, version: file.version, packages }
}

/** 'node_modules/ajv/node_modules/fast-uri' -> 'fast-uri'. */
export function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/**
 * The package that a module of a bundle comes from, by its path or the bundler's id for it.
 * @returns a key of the lockfile, or null for a module of our own
 */
export function packageOfModule(id: string): string | null {
  const at = id.indexOf('/node_modules/')
  if (at === -1) return null
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.slice(at + 1))?.[0] ?? null
}
