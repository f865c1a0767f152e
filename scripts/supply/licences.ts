/** Which licences may be shipped, and where their texts are. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Licences (SPDX) that ask for their text to be kept and nothing of our own work. Another one fails the test, and needs
 * a thought: what does it ask of those who pass the panel on?
 */
export const ALLOWED_LICENCES: readonly string[] = [
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]

/**
 * What is inside the Node binary: keys of `process.versions`. Its own LICENSE file has their texts, and is shipped whole.
 * A new part of a new Node fails the test until it has a row.
 */
export const NODE_PARTS: Readonly<Record<string, string>> = {
  acorn: 'MIT',
  ada: 'MIT',
  amaro: 'MIT',
  ares: 'MIT',
  brotli: 'MIT',
  cldr: 'Unicode-3.0',
  icu: 'Unicode-3.0',
  llhttp: 'MIT',
  merve: 'MIT',
  nbytes: 'MIT',
  ncrypto: 'MIT',
  nghttp2: 'MIT',
  nghttp3: 'MIT',
  ngtcp2: 'MIT',
  openssl: 'Apache-2.0',
  simdjson: 'Apache-2.0',
  simdutf: 'Apache-2.0',
  sqlite: 'blessing',
  tz: 'LicenseRef-public-domain',
  undici: 'MIT',
  unicode: 'Unicode-3.0',
  uv: 'MIT',
  uvwasi: 'MIT',
  v8: 'BSD-3-Clause',
  zlib: 'Zlib',
  zstd: 'BSD-3-Clause',
}
/** Of `process.versions`: Node itself, and numbers of interfaces. */
export const NOT_PARTS: readonly string[] = ['node', 'modules', 'napi']

/** Packages that bring no text: another package has it, or all that is known stands here. */
const TEXT_ELSEWHERE: Readonly<Record<string, { readonly beside: string } | { readonly text: string }>> = {
  '@lydell/node-pty-linux-x64': { beside: '@lydell/node-pty' },
  '@lydell/node-pty-linux-arm64': { beside: '@lydell/node-pty' },
  'abstract-logging': {
    text: 'Its package.json and Readme.md say: MIT License, by James Sumners. It brings no text of its own.',
  },
}

/**
 * The text of a package's licence, with its notice.
 * @param path a key of the lockfile
 * @throws when there is none: the licences ask for it, so it has to be found and put into TEXT_ELSEWHERE
 */
export function readLicenceText(top: string, path: string, name: string): string {
  const elsewhere = TEXT_ELSEWHERE[name]
  if (elsewhere !== undefined && 'text' in elsewhere) return elsewhere.text
  const directory = elsewhere === undefined ? path : `node_modules/${elsewhere.beside}`
  const files = globSync('{LICEN[CS]E,licen[cs]e,Licen[cs]e,COPYING,NOTICE}{,.*,-*}', {
    cwd: join(top, directory),
  })
  const texts = files.sort().map((file) => readFileSync(join(top, directory, file), 'utf8').trim())
  if (texts.length === 0) throw new Error(`${path} has no file with its licence`)
  return texts.join('\n\n')
}
