/**
 * The page's files, compressed once when they are built: the server sends them as they lie there, and compresses nothing
 * while it runs. Files only: an answer with data is never compressed, so that its length tells nothing of a secret in
 * it (BREACH).
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXTS = /\.(?:html|css|js|svg)$/
/** A file that hardly shrinks is sent as it is: a head more, and the work of unpacking it, are no gain. */
const WORTH_SHARE = 0.9

/** The editor and the terminal: the last hundredths of them would take most of the time of a build. */
const LARGE_BYTES = 100_000
const LARGE_QUALITY = 9

/** By the suffix that @fastify/static looks for. */
const ENCODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '.br': (bytes) =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]:
          bytes.length > LARGE_BYTES ? LARGE_QUALITY : constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  '.gz': (bytes) => gzipSync(bytes, { level: 9 }),
}

/** Puts compressed forms beside the texts in a directory and below it. @returns how many files were written */
export function precompressFiles(directory: string): number {
  let written = 0
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name)
    if (!TEXTS.test(name) || !statSync(path).isFile()) continue
    const bytes = readFileSync(path)
    for (const [suffix, compress] of Object.entries(ENCODINGS)) {
      const compressed = compress(bytes)
      if (compressed.length > bytes.length * WORTH_SHARE) continue
      writeFileSync(path + suffix, compressed)
      written += 1
    }
  }
  return written
}

/** Compresses what has been built. */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle: ({ dir }) => {
      if (dir !== undefined) precompressFiles(dir)
    },
  }
}
