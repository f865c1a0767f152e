import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followLinks, openPage, pagePath } from './page-path.ts'

let stop = (): void => undefined

beforeEach(() => {
  history.replaceState(null, '', '/')
  stop = followLinks()
})

afterEach(() => {
  stop()
  document.body.replaceChildren()
})

/** Clicks the text inside a link. @returns whether its page was opened */
function click(attributes: Readonly<Record<string, string>>, how: MouseEventInit = {}): boolean {
  const link = document.createElement('a')
  for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value)
  // What is left to the browser is not to be loaded by a test.
  link.addEventListener('click', (event) => event.preventDefault())
  const text = link.appendChild(document.createElement('span'))
  document.body.append(link)
  const opened = vi.spyOn(history, 'pushState')
  text.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ...how }))
  const isOpened = opened.mock.calls.length > 0
  opened.mockRestore()
  return isOpened
}

test('a link to a page of the panel opens it without loading anew', () => {
  expect(click({ href: '/logs' })).toBe(true)
  expect(pagePath.value).toBe('/logs')
  expect(location.pathname).toBe('/logs')
})

test('a link may name a place in the page it leads to', () => {
  expect(click({ href: '/settings#unit' })).toBe(true)
  expect(pagePath.value).toBe('/settings')
  expect(location.hash).toBe('#unit')
})

test.each([
  ['a place in the page', { href: '#content' }, {}],
  ['another machine', { href: 'http://198.51.100.1/logs' }, {}],
  ['another window', { href: '/logs', target: '_blank' }, {}],
  ['a file', { href: '/api/logs/download', download: '' }, {}],
  ['no address', { name: 'here' }, {}],
  ['another tab, by a key', { href: '/logs' }, { ctrlKey: true }],
  ['another tab, by the wheel', { href: '/logs' }, { button: 1 }],
])('a link to %s is left to the browser', (_what, attributes, how) => {
  expect(click(attributes, how)).toBe(false)
  expect(pagePath.value).toBe('/')
})

test('a page that replaces another takes its place in the history', () => {
  const before = history.length
  openPage('/setup/', true)
  expect(pagePath.value).toBe('/setup')
  expect(history.length).toBe(before)
})

test('back and forward are followed, until nobody follows any more', () => {
  history.replaceState(null, '', '/doctor?a=b')
  dispatchEvent(new PopStateEvent('popstate'))
  expect(pagePath.value).toBe('/doctor')
  stop()
  history.replaceState(null, '', '/')
  dispatchEvent(new PopStateEvent('popstate'))
  expect(pagePath.value).toBe('/doctor')
  expect(click({ href: '/logs' })).toBe(false)
})
