/** The files of the page over the wire: compressed as they were built, for who takes that, and nothing else ever. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { precompressFiles } from '../scripts/supply/precompress.ts'
import { useDoor } from './test-door.ts'

const { door, ask, logIn } = useDoor()
const SCRIPT = 'export const words = "the same again and again, "\n'.repeat(200)

beforeEach(async () => {
  await mkdir(join(door.webDir, 'assets'))
  await writeFile(join(door.webDir, 'assets/page.js'), SCRIPT)
  await writeFile(join(door.webDir, 'assets/tiny.js'), 'let a')
  await writeFile(join(door.webDir, 'index.html'), `<!doctype html>${'<p>page</p>'.repeat(50)}`)
  precompressFiles(door.webDir)
})

/** The bytes of an answer as they come. */
function fetchBytes(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
}> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: door.port, path, headers, agent: false }, (answer) => {
      buffer(answer).then(
        (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
        reject,
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('a file of the page', () => {
  it.each([
    ['br, gzip', 'gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip alone', 'gzip', 'gzip', gunzipSync],
    ['brotli refused', 'br;q=0, gzip', 'gzip', gunzipSync],
    ['nothing', 'identity', undefined, (bytes: Buffer) => bytes],
  ] as const)('comes as it was compressed: %s', async (_what, accepted, encoding, decompress) => {
    const { status, headers, body } = await fetchBytes('/assets/page.js', { 'Accept-Encoding': accepted })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['content-encoding']).toBe(encoding)
    // A cache between must not give one form to who takes another.
    expect(String(headers.vary).toLowerCase()).toContain('accept-encoding')
    expect(headers['content-length']).toBe(String(body.length))
    expect(String(decompress(body))).toBe(SCRIPT)
  })

  it('has another tag in each form, and is not sent again to who has it', async () => {
    const forms = await Promise.all(
      ['br', 'gzip', 'identity'].map((accepted) =>
        fetchBytes('/assets/page.js', { 'Accept-Encoding': accepted }),
      ),
    )
    const tags = forms.map(({ headers }) => String(headers.etag))
    expect(new Set(tags).size).toBe(3)
    const [tag = ''] = tags
    const again = await fetchBytes('/assets/page.js', { 'Accept-Encoding': 'br', 'If-None-Match': tag })
    expect([again.status, again.body.length]).toEqual([304, 0])
    const other = await fetchBytes('/assets/page.js', { 'Accept-Encoding': 'gzip', 'If-None-Match': tag })
    expect([other.status, String(gunzipSync(other.body))]).toEqual([200, SCRIPT])
  })

  it('comes as it is where no form of it is smaller, and the page itself is compressed', async () => {
    const headers = { 'Accept-Encoding': 'br' }
    const tiny = await fetchBytes('/assets/tiny.js', headers)
    expect([tiny.status, tiny.headers['content-encoding'], String(tiny.body)]).toEqual([
      200,
      undefined,
      'let a',
    ])
    const page = await fetchBytes('/', headers)
    expect(page.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-cache' })
    expect(String(brotliDecompressSync(page.body))).toMatch(/^<!doctype html>/)
  })

  it.each(['/assets/none.js', '/assets/', '/assets/..%2findex.html', '/assets/%2e%2e/index.html'])(
    'is not there: %s',
    async (path) => {
      const { status } = await fetchBytes(path, { 'Accept-Encoding': 'br, gzip' })
      expect([400, 403, 404]).toContain(status)
    },
  )
})

it('an answer with data is never compressed, whatever is asked for: its length must tell nothing', async () => {
  const { headers } = await logIn()
  for (const path of ['/api/session', '/api/nothing']) {
    const answer = await ask(`GET ${path}`, { ...headers, 'Accept-Encoding': 'br, gzip, deflate' })
    expect([path, answer.headers['content-encoding']]).toEqual([path, undefined])
  }
})

it('every page has an address that can be opened and loaded again', async () => {
  const app = await readFile(join(import.meta.dirname, '../web/app.tsx'), 'utf8')
  const paths = [...app.matchAll(/^ {2}'(\/[a-z]*)': \{$/gm)].map(([, path = '']) => path)
  expect(paths).toContain('/settings')
  for (const path of paths) {
    const { status } = await fetchBytes(path, {})
    expect([path, status]).toEqual([path, 200])
  }
})
