import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listOpen, renderTable } from './render.ts'
import { listRequirements } from './requirements.ts'
import { anchorsIn, readTable } from './table.ts'
import { readTestTitles } from './test-titles.ts'

const top = join(import.meta.dirname, '../..')
const table = readTable(top)
const read = (path: string): string => readFileSync(join(top, path), 'utf8')

test('every item of levels 1 and 2 is in the table, once, in order, and no item that is none', () => {
  const all = listRequirements()
  expect([1, 2, 3].map((level) => [...all.values()].filter((one) => one === level).length)).toEqual([
    70, 183, 92,
  ])
  const ids = table.items.map(({ id }) => id)
  expect(ids).toEqual([...all.keys()].filter((id) => ids.includes(id)))
  expect([...all].filter(([id, level]) => level < 3 && !ids.includes(id))).toEqual([])
  expect(table.items.filter(({ id, level }) => all.get(id) !== level)).toEqual([])
})

test('what is met is shown by a test or a document; what is not says why, or what is missing', () => {
  const bare = table.items.filter(({ state, text, tests = [], docs = [] }) =>
    state === 'met' ? tests.length + docs.length === 0 : text.length < 10,
  )
  expect(bare.map(({ id }) => id)).toEqual([])
  // An item of level 3 is here because it is met.
  expect(table.items.filter(({ level, state }) => level === 3 && state !== 'met')).toEqual([])
})

test('every test that is named exists, in that file and under that title', () => {
  const titles = new Map<string, Set<string>>()
  const missing = table.items.flatMap(({ id, tests = [] }) =>
    tests.flatMap(({ file, title }) => {
      if (!existsSync(join(top, file))) return [`${id}: ${file}`]
      const known = titles.get(file) ?? readTestTitles(read(file), file)
      titles.set(file, known)
      return known.has(title) ? [] : [`${id}: ${file}: ${title}`]
    }),
  )
  expect(missing).toEqual([])
})

test('every place of a document that is named exists', () => {
  const missing = table.items.flatMap(({ id, docs = [] }) =>
    docs.flatMap((doc) => {
      const [path = '', anchor = ''] = doc.split('#')
      return existsSync(join(top, path)) && anchorsIn(read(path)).has(anchor) ? [] : [`${id}: ${doc}`]
    }),
  )
  expect(missing).toEqual([])
})

test('no more items are open than were, and fewer are written down', () => {
  const open = listOpen(table)
  console.log(`ASVS: ${open.length} open\n${open.map((line) => `  ${line}`).join('\n')}`)
  expect(open.length).toBe(table.openAtMost)
})

test('docs/asvs.md is the table as it is (else: npm run docs)', () => {
  expect(read('docs/asvs.md')).toBe(renderTable(table))
})

test('titles are found however a test is written, and nothing else is one', () => {
  const text = `
    test('a', () => {}); it.each([1])('b %s', () => {}); describe('c', () => { it('d', () => {}) })
    const e = "it('f')"; other('g'); test.runIf(true)('h', () => {})
    // it('i', () => {})`
  expect([...readTestTitles(text, 'x.ts')].toSorted()).toEqual(['a', 'b %s', 'd', 'h'])
})

/** Our own modules that run on a machine, without tests. */
const sources = globSync('{contract,server,web}/**/*.{ts,tsx}', { cwd: top }).filter(
  (path) => !/\.test\.tsx?$|\/test-[^/]+$/.test(path),
)

test('hashes are SHA-256, and no secret comes from Math.random', () => {
  expect(sources.length).toBeGreaterThan(300)
  const odd = sources.flatMap((path) => {
    const text = read(path)
    const hashes = [...text.matchAll(/createHash\(([^)]*)\)/g)].filter(([, name]) => name !== "'sha256'")
    const others = /createHmac|createCipher|createSign|pbkdf2|scrypt|subtle\b/.test(text) ? ['other'] : []
    return [...hashes.map(([call]) => call), ...others, ...(text.match(/Math\.random/g) ?? [])].map(
      (found) => `${path}: ${found}`,
    )
  })
  expect(odd.toSorted()).toEqual([
    // Pauses between tries.
    'server/cli/env-write.ts: Math.random',
    // Tells one log file from the next; nobody gains by two that look alike.
    "server/host/user-agent/log-file.ts: createHash('sha1')",
    'web/api/socket.ts: Math.random',
  ])
})

test('the page keeps nothing in the browser but the colour scheme, how times are shown, a hint put away and the place of a terminal', () => {
  const pattern = /localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker/
  const using = sources.filter((path) => path.startsWith('web/') && pattern.test(read(path)))
  expect(using.toSorted()).toEqual([
    'web/pages/logs/log-times.ts',
    'web/pages/overview/connect-hint.tsx',
    'web/pages/terminal/kept-place.ts',
    'web/theme.ts',
  ])
})
