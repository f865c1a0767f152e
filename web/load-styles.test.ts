import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadWithStyles } from './load-styles.ts'

const links: HTMLLinkElement[] = []

beforeEach(() => {
  links.length = 0
  // The document of the tests fetches nothing, and would call each sheet a failure.
  vi.spyOn(document.head, 'append').mockImplementation((link) => {
    if (link instanceof HTMLLinkElement) links.push(link)
  })
})
afterEach(() => vi.restoreAllMocks())

const paths = (): (string | null)[] => links.map((link) => link.getAttribute('href'))

/** Whether it has come by now. */
async function hasCome(part: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([part, Promise.resolve('not yet')])) !== 'not yet'
}

test('a part without style sheets is just loaded', async () => {
  expect(await loadWithStyles(async () => 'part')).toBe('part')
  expect(links).toEqual([])
})

test('a part and its style sheets are fetched together, and it is handed over when all are there', async () => {
  const load = vi.fn(async () => 'part')
  const part = loadWithStyles(load, ['assets/a.css', 'assets/b.css'])
  expect(load).toHaveBeenCalled()
  expect(paths()).toEqual(['/assets/a.css', '/assets/b.css'])
  links[0]?.onload?.(new Event('load'))
  expect(await hasCome(part)).toBe(false)
  links[1]?.onload?.(new Event('load'))
  expect(await part).toBe('part')
})

test('a style sheet is fetched once, for whichever part', async () => {
  const first = loadWithStyles(async () => 1, ['assets/once.css'])
  const second = loadWithStyles(async () => 2, ['assets/once.css'])
  expect(paths()).toEqual(['/assets/once.css'])
  links[0]?.onload?.(new Event('load'))
  expect(await Promise.all([first, second])).toEqual([1, 2])
})

test('a style sheet that can not be had keeps the part back, and is asked for again the next time', async () => {
  const lost = loadWithStyles(async () => 1, ['assets/lost.css'])
  links[0]?.dispatchEvent(new Event('error'))
  await expect(lost).rejects.toThrow('assets/lost.css could not be loaded')
  const again = loadWithStyles(async () => 1, ['assets/lost.css'])
  expect(paths()).toEqual(['/assets/lost.css', '/assets/lost.css'])
  links[1]?.onload?.(new Event('load'))
  expect(await again).toBe(1)
})
