/** The licences of what is shipped: as a table for docs/licenses.md, and as the texts that go with a release. */
import { readLicenceText } from './licences.ts'
import { type Lockfile, packageName } from './lockfile.ts'
import { PROGRAMS, type ShippedPackages } from './record-packages.ts'

const WHERE: Readonly<Record<string, string>> = { server: 'daemon', web: 'page', gateway: 'bundled gateway' }
/** Named for both architectures, so that the table is the same on each. */
const PER_ARCH = /-(x64|arm64)$/

interface Row {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly where: string
}

function rowsOf({ packages: locked }: Lockfile, shipped: ShippedPackages): Row[] {
  const paths = new Map<string, string[]>()
  const add = (path: string, where: string) => paths.set(path, [...(paths.get(path) ?? []), where])
  for (const arch of ['x64', 'arm64']) add(`node_modules/node-linux-${arch}`, 'runtime, bundled gateway')
  for (const program of PROGRAMS)
    for (const path of shipped[program]) {
      const archs = PER_ARCH.test(path) ? ['x64', 'arm64'] : ['']
      for (const arch of archs)
        add(arch === '' ? path : path.replace(PER_ARCH, `-${arch}`), WHERE[program] ?? '')
    }
  return [...paths]
    .map(([path, where]) => {
      const { version = '', license = '' } = locked.get(path) ?? {}
      return { name: packageName(path), version, license, where: where.join(', ') }
    })
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

/** The text of docs/licenses.md. */
export function renderLicenceTable(lockfile: Lockfile, shipped: ShippedPackages): string {
  const rows = rowsOf(lockfile, shipped)
  const counts = new Map<string, number>()
  for (const { license } of rows) counts.set(license, (counts.get(license) ?? 0) + 1)
  const sum = [...counts].sort(([, a], [, b]) => b - a).map(([license, count]) => `${license} ${count}`)
  return [
    '# What is shipped, and under which licences',
    '',
    'razroom-panel is under the [MIT licence](../LICENSE). A release also holds these packages, bundled, and the Node that',
    'runs them. Their licences as texts are in `THIRD_PARTY_LICENSES.txt` of each release, the same list for programs, with',
    'hashes and the parts of Node, in `sbom.cdx.json` (CycloneDX). The image of the bundled gateway also takes the C library,',
    'its companions and the list of certificates from the machine that builds it: those are under the licences of its',
    'distribution. Written by `npm run docs`; a test fails when it is not current, and for a licence that nobody has',
    'thought about ([ADR 10](adr/0010-what-is-shipped.md)).',
    '',
    `${rows.length} packages: ${sum.join(', ')}.`,
    '',
    '| package | version | licence | in |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ name, version, license, where }) => `| ${name} | ${version} | ${license} | ${where} |`),
    '',
  ].join('\n')
}

/**
 * The text that goes with a release: each licence whole, as its package brings it.
 * @throws when a package brings none
 */
export function renderLicenceTexts(top: string, lockfile: Lockfile, paths: readonly string[]): string {
  const parts = [...paths].sort().map((path) => {
    const { version = '', license = '' } = lockfile.packages.get(path) ?? {}
    const name = packageName(path)
    return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${readLicenceText(top, path, name)}\n`
  })
  return `razroom-panel holds these packages of others. Their licences, as they came with them:\n\n${parts.join('\n')}`
}
