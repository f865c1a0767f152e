import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const top = join(import.meta.dirname, '..')
const manifest: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(top, 'package.json'), 'utf8'),
)
const text = readFileSync(join(top, 'docs/adr/0004-dependencies.md'), 'utf8')

const all = Object.keys({
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
})

test('each package of package.json has one row with a reason, and no row is left over', () => {
  const rows = [...text.matchAll(/^\| (?!package |---)(\S+) \| (.{20,}) \|$/gm)].map(([, name]) => name)
  expect(rows.toSorted()).toEqual(all.toSorted())
})

test('versions are exact: what is tested is what is installed', () => {
  const versions = Object.values({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  })
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})
