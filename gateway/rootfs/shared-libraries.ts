import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readElfInterpreter } from './elf.ts'

/** What a program needs to start. All paths are those of this machine. */
export interface SharedLibraries {
  loader: string
  /** where the C library lies; the loader looks there by itself */
  directory: string
  /** soname -> path */
  libraries: Map<string, string>
}

/**
 * Modules that the C library loads by name when it looks up users and hosts. Since glibc 2.34 most are part of
 * libc itself; older ones have them as files, and then getaddrinfo fails without them.
 */
const RUNTIME_LOADED = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']

/**
 * Finds the loader and every shared library of a program, by asking the loader itself (`--list`, what ldd does),
 * without running the program.
 * @throws {Error} a library is missing, or the loader says something unknown
 */
export function findSharedLibraries(program: string): SharedLibraries {
  const loader = readElfInterpreter(program)
  if (!existsSync(loader)) {
    throw new Error(`${loader}, which ${program} needs, is not on this machine (it needs glibc, not musl)`)
  }
  const libraries = listWith(loader, program)
  const libc = libraries.get('libc.so.6')
  if (!libc) throw new Error(`${program} is not linked against libc.so.6`)
  const directory = dirname(libc)
  for (const name of RUNTIME_LOADED) {
    const path = join(directory, name)
    if (!existsSync(path)) continue
    for (const [soname, found] of listWith(loader, path)) libraries.set(soname, found)
    libraries.set(name, path)
  }
  return { loader, directory, libraries }
}

/**
 * Reads what `ld.so --list` prints: `soname => /path (0x...)`, the loader itself as a bare path, and the kernel's
 * vDSO, which is no file.
 * @throws {Error} `not found`, or a line of another form
 */
export function parseLoaderList(output: string, loader: string): Map<string, string> {
  const libraries = new Map<string, string>()
  for (const line of output.split('\n').map((text) => text.trim())) {
    if (line === '' || line === 'statically linked' || /^linux-vdso\.so\.1 \(0x[0-9a-f]+\)$/.test(line))
      continue
    const [, soname, path, bare] =
      /^(?:([\w.+-]+) => (\/\S+|not found)|(\/\S+))(?: \(0x[0-9a-f]+\))?$/.exec(line) ?? []
    if (path === 'not found') throw new Error(`shared library ${soname} is not on this machine; install it`)
    if (soname && path) {
      if (path !== loader) libraries.set(soname, path)
    } else if (!bare) {
      throw new Error(`cannot understand the loader's line ${JSON.stringify(line)}`)
    }
  }
  return libraries
}

function listWith(loader: string, file: string): Map<string, string> {
  // A preload or a library path of the caller must not end up in the image.
  const output = execFileSync(loader, ['--list', file], { encoding: 'utf8', env: {}, timeout: 30_000 })
  return parseLoaderList(output, loader)
}
