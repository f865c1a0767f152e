import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLockfile } from './lockfile.ts'

const top = join(import.meta.dirname, '../..')
const lockfile = readLockfile(top)

describe('the lockfile', () => {
  test('has a strong hash of each package, and leads to no host and no other place', () => {
    expect(lockfile.packages.size).toBeGreaterThan(100)
    const weak = [...lockfile.packages].filter(
      ([, { integrity, resolved, link }]) =>
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') || resolved !== undefined || link === true,
    )
    expect(weak).toEqual([])
  })

  test('npm runs no install script here, and no package of the release has one', () => {
    expect(readFileSync(join(top, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m)
    const released = [...lockfile.packages].filter(([, { dev }]) => dev !== true)
    expect(released.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
    // The lockfile's word is npm's; the packages themselves say the same. binding.gyp makes npm run a compiler.
    const withScript = released.filter(([path]) => {
      if (!existsSync(join(top, path))) return false
      const { scripts = {} } = JSON.parse(readFileSync(join(top, path, 'package.json'), 'utf8')) as {
        scripts?: Record<string, string>
      }
      const runs = ['preinstall', 'install', 'postinstall'].some((name) => name in scripts)
      return runs || existsSync(join(top, path, 'binding.gyp'))
    })
    expect(withScript.map(([path]) => path)).toEqual([])
  })
})
