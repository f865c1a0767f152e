/**
 * `npm run sbom`: writes dist/sbom.cdx.json and dist/THIRD_PARTY_LICENSES.txt for what was built last.
 * `npm run docs`: writes docs/licenses.md.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderLicenceTable, renderLicenceTexts } from './licence-list.ts'
import { readLockfile } from './lockfile.ts'
import { PROGRAMS, ptyPackage, readRecords, type ShippedPackages } from './record-packages.ts'
import { type Materials, makeSbom, type ShippedFile } from './sbom.ts'

const TREE = 'gateway/rootfs/tree'
/** Files of the tree that are copied from this machine: all but Node and the few that gateway/rootfs writes itself. */
const OF_THE_MACHINE = /\/lib(64)?\/|^\/etc\/ssl\//

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** What gateway/rootfs took from this machine, by its manifest; nothing when it has not been collected. */
function readMachineFiles(top: string): ShippedFile[] {
  const manifest = join(top, TREE, 'app/rootfs.json')
  if (!existsSync(manifest)) return []
  const { entries } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    entries: { path: string; sha256: string | null }[]
  }
  return entries.flatMap(({ path, sha256 }) =>
    sha256 !== null && OF_THE_MACHINE.test(path) ? [{ path: `${TREE}${path}`, sha256 }] : [],
  )
}

/** What the SBOM of a checkout is made of. It runs on the pinned Node, so `process.versions` is that of the release. */
export function gatherMaterials(top: string, packages: ShippedPackages): Materials {
  const nodePackage = `node_modules/node-linux-${process.arch}`
  const pty = ptyPackage(process.arch)
  const versions = process.versions as Record<string, string>
  const lockfile = readLockfile(top)
  const pinned = lockfile.packages.get(nodePackage)?.version
  if (versions.node !== pinned) throw new Error(`this is Node ${versions.node}, not the pinned ${pinned}`)
  return {
    lockfile,
    packages,
    nodePackage,
    nodeVersions: versions,
    nodeFile: { path: 'node', sha256: hashFile(join(top, nodePackage, 'bin/node')) },
    pty: {
      package: pty,
      file: { path: 'dist/server/pty.node', sha256: hashFile(join(top, pty, 'pty.node')) },
    },
    machineFiles: readMachineFiles(top),
  }
}

function writeRelease(top: string, packages: ShippedPackages): void {
  const materials = gatherMaterials(top, packages)
  const sbom = makeSbom(materials)
  const paths = new Set([materials.nodePackage, ...PROGRAMS.flatMap((program) => packages[program])])
  writeFileSync(join(top, 'dist/sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`)
  writeFileSync(
    join(top, 'dist/THIRD_PARTY_LICENSES.txt'),
    renderLicenceTexts(top, materials.lockfile, [...paths]),
  )
  console.log(
    `dist/sbom.cdx.json: ${paths.size} packages, ${materials.machineFiles.length} files of this machine`,
  )
}

function main(args: readonly string[]): number {
  const top = join(import.meta.dirname, '../..')
  const packages = readRecords(top)
  if (args.length === 0) writeRelease(top, packages)
  else if (args.join(' ') === '--docs')
    writeFileSync(join(top, 'docs/licenses.md'), renderLicenceTable(readLockfile(top), packages))
  else {
    console.error('usage: main.ts [--docs]')
    return 2
  }
  return 0
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2))
}
