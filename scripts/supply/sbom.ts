/** The bill of materials of a release, in the format CycloneDX 1.5 (ECMA-424). Pure: everything it needs is given. */
import { NODE_PARTS } from './licences.ts'
import { type LockedPackage, type Lockfile, packageName } from './lockfile.ts'
import { PROGRAMS, type Program, type ShippedPackages } from './record-packages.ts'

export interface Component {
  readonly type: 'application' | 'library' | 'file' | 'platform'
  readonly 'bom-ref'?: string
  readonly name: string
  readonly version?: string
  readonly purl?: string
  readonly hashes?: readonly { readonly alg: 'SHA-256' | 'SHA-512'; readonly content: string }[]
  readonly licenses?: readonly { readonly license: { readonly id: string } | { readonly name: string } }[]
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
  readonly components?: readonly Component[]
}

export interface Sbom {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.5'
  readonly version: 1
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
}

/** A file of a release that is no text of ours, with the SHA-256 of its bytes. */
export interface ShippedFile {
  readonly path: string
  readonly sha256: string
}

export interface Materials {
  readonly lockfile: Lockfile
  readonly packages: ShippedPackages
  /** Key of the lockfile of the pinned Node. */
  readonly nodePackage: string
  /** `process.versions` of that Node. */
  readonly nodeVersions: Readonly<Record<string, string>>
  readonly nodeFile: ShippedFile
  /** The compiled part of the terminal, with its package. */
  readonly pty: { readonly package: string; readonly file: ShippedFile }
  /** What the image of the bundled gateway takes from the machine that builds: the C library, certificates. */
  readonly machineFiles: readonly ShippedFile[]
}

const WHERE: Readonly<Record<Program, string>> = {
  server: 'daemon',
  web: 'page',
  gateway: 'bundled gateway',
}
/** Ids of SPDX; what begins with LicenseRef is none. */
const licence = (id: string) => [{ license: id.startsWith('LicenseRef-') ? { name: id } : { id } }] as const
const property = (name: string, value: string) => ({ name: `razroom-panel:${name}`, value })

function fileComponent({ path, sha256 }: ShippedFile, ...properties: [string, string][]): Component {
  return {
    type: 'file',
    name: path,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    ...(properties.length === 0
      ? {}
      : { properties: properties.map(([name, value]) => property(name, value)) }),
  }
}

/** npm's purl: the at sign of a scope is escaped (purl-spec, npm). */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

function packageComponent(
  lockfile: Lockfile,
  path: string,
  where: readonly string[],
  inside: readonly Component[],
): Component {
  const locked: LockedPackage | undefined = lockfile.packages.get(path)
  if (locked === undefined) throw new Error(`${path} is shipped, but not in the lockfile`)
  const { version, license, integrity } = locked
  const name = packageName(path)
  const purl = purlOf(name, version)
  if (license === undefined || integrity?.startsWith('sha512-') !== true)
    throw new Error(`the lockfile has no licence or no hash of ${path}`)
  const hash = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{ alg: 'SHA-512', content: hash }],
    licenses: licence(license),
    properties: where.map((part) => property('part', part)),
    ...(inside.length === 0 ? {} : { components: inside }),
  }
}

function nodeParts(versions: Materials['nodeVersions']): Component[] {
  return Object.entries(NODE_PARTS).flatMap(([name, id]): Component[] => {
    const version = versions[name]
    if (version === undefined) return []
    return [{ type: 'library', name, ...(version === '' ? {} : { version }), licenses: licence(id) }]
  })
}

/**
 * Everything that a release is made of and that others wrote. The same for the same materials: no time, no chance.
 * @throws when the lockfile does not know a package, or lacks its licence or hash
 */
export function makeSbom(materials: Materials): Sbom {
  const { lockfile, packages, nodePackage, pty } = materials
  const paths = [...new Set(PROGRAMS.flatMap((program) => packages[program]))].sort()
  const libraries = paths.map((path) => {
    const where = PROGRAMS.filter((program) => packages[program].includes(path)).map(
      (program) => WHERE[program],
    )
    return packageComponent(lockfile, path, where, path === pty.package ? [fileComponent(pty.file)] : [])
  })
  const node: Component = {
    ...packageComponent(
      lockfile,
      nodePackage,
      ['runtime', WHERE.gateway],
      [fileComponent(materials.nodeFile), ...nodeParts(materials.nodeVersions)],
    ),
    type: 'platform',
  }
  const files = materials.machineFiles.map((file) =>
    fileComponent(file, ['part', WHERE.gateway], ['origin', 'the machine that built the release']),
  )
  const { name, version } = lockfile
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `${name}@${version}`,
        name,
        version,
        licenses: licence('MIT'),
      },
    },
    components: [node, ...libraries, ...files],
  }
}
