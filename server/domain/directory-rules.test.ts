import { describe, expect, it } from 'vitest'
import { directoryObstacle, foreignNames, pairObstacle, plainPath } from './directory-rules.ts'

describe('directoryObstacle', () => {
  it.each([
    '/',
    '//',
    '/etc',
    '/etc/razroom',
    '/home',
    '/home/alice',
    '/home/alice/',
    '/home/./alice',
    '/usr/local/share/x',
    '/run/x',
    '/srv',
    '/a:b',
    '/srv/../etc',
    'relative',
  ])('refuses %s', (path) => expect(directoryObstacle(path, '/home/alice')).not.toBeNull())
  it.each([
    '/srv/razroom',
    '/home/alice/.razroom',
    '/home/bob/x',
    '/var/lib/razroom',
    '/mnt/disk/razroom',
    '/etcetera',
  ])('takes %s', (path) => expect(directoryObstacle(path, '/home/alice')).toBeNull())
})

it('keeps config out of the workspace', () => {
  expect(pairObstacle('/srv/a', '/srv/a/')).toContain('both')
  expect(pairObstacle('/srv/a/config', '/srv/a')).toContain('token')
  expect(pairObstacle('/srv/a', '/srv/a/workspace')).toBeNull()
  expect(pairObstacle('/srv/ab', '/srv/a')).toBeNull()
})

it('knows the directory of a gateway by what is in it', () => {
  expect(foreignNames([])).toEqual([])
  expect(foreignNames(['.env', 'notes'])).toEqual([])
  expect(foreignNames(['photos', 'taxes.ods'])).toEqual(['photos', 'taxes.ods'])
})

it('writes a path plainly', () => expect(plainPath('//srv/./a//b/')).toBe('/srv/a/b'))
