import { cleanup, render } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { OtherReadings } from './other-readings.tsx'

afterEach(cleanup)

/** Readers and what they make of it, in the order shown. */
function readings(name: string, value: string): [string, string][] {
  const { container } = render(<OtherReadings name={name} value={value} />)
  return [...container.querySelectorAll('dl > div')].map((pair) => [
    pair.firstElementChild?.textContent ?? '',
    pair.lastElementChild?.textContent ?? '',
  ])
}

test('quotes: podman keeps them, the others do not', () => {
  expect(readings('A', '"x y"')).toEqual([
    ['podman', '"x y"'],
    ['bash, systemd, dotenv, compose', 'x y'],
  ])
})

test('of export another name comes out for some of them', () => {
  const shown = readings('export A', 'x')
  expect(shown).toContainEqual(['podman', 'x'])
  expect(shown).toContainEqual(['bash, dotenv, compose', 'A=x'])
})

test('where all agree there is nothing to say', () => {
  expect(readings('A', 'https://example.org/a?b=c')).toEqual([])
  expect(readings('A', '')).toEqual([])
})
