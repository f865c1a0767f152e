import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkRootfs, collectRootfs, findPinnedNode, planTree } from './collect-rootfs.ts'
import { readElfInterpreter } from './elf.ts'
import { parseLoaderList } from './shared-libraries.ts'

let directory: string
let tree: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rootfs-'))
  tree = join(directory, 'tree')
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('the loader list', () => {
  const loader = '/lib64/ld-linux-x86-64.so.2'

  test('names libraries by soname, without vDSO and loader', () => {
    const output =
      '\tlinux-vdso.so.1 (0x00007ffd)\n\tlibdl.so.2 => /lib/x/libdl.so.2 (0x00007f2)\n' +
      '\tlibstdc++.so.6 => /usr/lib/libstdc++.so.6 (0x1)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n'
    expect([...parseLoaderList(output, loader)]).toEqual([
      ['libdl.so.2', '/lib/x/libdl.so.2'],
      ['libstdc++.so.6', '/usr/lib/libstdc++.so.6'],
    ])
  })

  test.each([
    ['\tlibfoo.so.1 => not found\n', 'shared library libfoo.so.1 is not on this machine'],
    ["\tversion `GLIBC_9' not found\n", "cannot understand the loader's line"],
    ['\tlibfoo.so.1 => relative.so (0x1)\n', "cannot understand the loader's line"],
  ])('%j is an error', (output, message) => {
    expect(() => parseLoaderList(output, loader)).toThrow(message)
  })

  test('only a 64-bit ELF program names a loader', () => {
    expect(readElfInterpreter(findPinnedNode().path)).toMatch(/^\/lib.*\/ld-linux/)
    const script = join(directory, 'script')
    writeFileSync(script, `#!/bin/sh\n${'x'.repeat(100)}`)
    expect(() => readElfInterpreter(script)).toThrow('no 64-bit little-endian ELF program')
    writeFileSync(script, '')
    expect(() => readElfInterpreter(script)).toThrow('file ends after 0 of 64 bytes')
  })
})

describe('the tree', () => {
  test('a missing tree is told with what mends it', () => {
    expect(checkRootfs(tree)).toEqual([`${tree} is missing or incomplete; run \`npm run gateway:rootfs\``])
  })

  test('is collected once; a second run changes nothing', () => {
    mkdirSync(`${tree}.new-99999999`)
    expect(collectRootfs(tree)).toBe('collected')
    const first = statSync(tree)
    expect(collectRootfs(tree)).toBe('unchanged')
    expect(statSync(tree).ino).toBe(first.ino)
    expect(checkRootfs(tree)).toEqual([])
    expect(readdirSync(directory).filter((name) => name.startsWith('tree'))).toEqual(['tree'])
  })

  test('holds plain files that everybody may read, Node as pinned, and a /tmp for all', () => {
    for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const { mode } = lstatSync(path)
      expect([path, entry.isFile() || entry.isDirectory()]).toEqual([path, true])
      expect([path, mode & 0o444]).toEqual([path, 0o444])
    }
    const { path, version } = findPinnedNode()
    expect(readFileSync(join(tree, 'usr/local/bin/node')).equals(readFileSync(path))).toBe(true)
    expect(JSON.parse(readFileSync(join(tree, 'app/rootfs.json'), 'utf8')).nodeVersion).toBe(version)
    expect(statSync(join(tree, 'tmp')).mode & 0o7777).toBe(0o1777)
    expect(readFileSync(join(tree, 'etc/passwd'), 'utf8')).toMatch(/^node:x:1000:1000:/m)
  })

  test.runIf(process.getuid?.() === 0)('runs: Node, the user database and the hosts file work inside', () => {
    writeFileSync(join(tree, 'etc/hosts'), '192.0.2.7 canary.test\n')
    const script =
      'require("dns").lookup("canary.test", (error, address) => console.log(JSON.stringify(' +
      '[process.version, os.userInfo().username, error ? error.code : address, fs.realpathSync("/")])))'
    const output = execFileSync(
      'chroot',
      ['--userspec=1000:1000', tree, '/usr/local/bin/node', '-e', script],
      { encoding: 'utf8', env: { PATH: process.env.PATH } },
    )
    rmSync(join(tree, 'etc/hosts'))
    expect(JSON.parse(output)).toEqual([`v${findPinnedNode().version}`, 'node', '192.0.2.7', '/'])
  })

  test('starts under its own loader and libraries', () => {
    // Needs no root, unlike a chroot.
    const { entries } = planTree(findPinnedNode())
    const loader = entries.find(({ path }) => path.includes('/ld-linux'))?.path ?? ''
    const libc = entries.find(({ path }) => path.endsWith('/libc.so.6'))?.path ?? ''
    const { stdout } = spawnSync(
      join(tree, loader),
      [
        '--inhibit-cache',
        '--library-path',
        join(tree, libc, '..'),
        join(tree, 'usr/local/bin/node'),
        '--version',
      ],
      { encoding: 'utf8', env: {} },
    )
    expect(stdout).toBe(`v${findPinnedNode().version}\n`)
  })

  test('damage is found, named and mended', () => {
    rmSync(join(tree, 'etc/passwd'))
    chmodSync(join(tree, 'tmp'), 0o755)
    writeFileSync(join(tree, 'etc/group'), 'x')
    expect(checkRootfs(tree)).toEqual([
      '/etc/passwd is missing',
      '/etc/group has other content',
      '/tmp has mode 755, not 1777',
      'run `npm run gateway:rootfs` to collect it anew',
    ])
    expect(collectRootfs(tree)).toBe('collected')
    expect(checkRootfs(tree)).toEqual([])
    expect(existsSync(`${tree}.old-${process.pid}`)).toBe(false)
  })
})
