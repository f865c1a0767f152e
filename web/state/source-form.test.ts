import { expect, test } from 'vitest'
import type { ImageSource } from '../../contract/settings.ts'
import { checkSource, type SourceForm, sourceFlags, sourceForm, toImageSource } from './source-form.ts'

const empty = sourceForm({ kind: 'bundled' }, true)
const repo = (part: Partial<SourceForm>): SourceForm => ({ ...empty, kind: 'repo', path: '/r', ...part })

test.each<[ImageSource, string[]]>([
  [{ kind: 'bundled' }, ['--bundled']],
  [{ kind: 'repo', path: '/r' }, ['--repo', '/r']],
  [
    { kind: 'repo', path: '/r', buildArgs: { A: '1', B: 'x=y' } },
    ['--repo', '/r', '--build-arg', 'A=1', '--build-arg', 'B=x=y'],
  ],
  [{ kind: 'registry', reference: 'quay.example/a/b@sha256:0' }, ['--image', 'quay.example/a/b@sha256:0']],
  [{ kind: 'archive', path: '/a.tar' }, ['--archive', '/a.tar']],
])('%j goes into the form and comes out again', (source, flags) => {
  const form = sourceForm(source, true)
  expect(checkSource(form)).toEqual({})
  expect(toImageSource(form)).toEqual(source)
  expect(sourceFlags(source)).toEqual(flags)
})

test('without the bundled gateway a checkout is asked for', () => {
  expect(sourceForm({ kind: 'bundled' }, false).kind).toBe('repo')
})

test.each([
  ['', /Name the directory/],
  ['relative/path', /absolute path/],
  ['/a/../b', /absolute path/],
  ['~/razroom', /absolute path/],
])('path %j is refused, and only where one is needed', (path, message) => {
  expect(checkSource(repo({ path })).path).toMatch(message)
  expect(checkSource({ ...empty, kind: 'archive', archive: path }).archive).toBeDefined()
  expect(checkSource({ ...empty, path })).toEqual({})
})

test.each([
  ['A', /not NAME=value/],
  ['1A=x', /not NAME=value/],
  ['=x', /not NAME=value/],
  ['A=1\nA=2', /twice/],
  ['A=\t1\u0007', /control/],
  [`A=${'x'.repeat(4_097)}`, /4096/],
  [Array.from({ length: 65 }, (_x, index) => `A${index}=1`).join('\n'), /64/],
])('build arguments %j are refused', (buildArgs, message) => {
  expect(checkSource(repo({ buildArgs })).buildArgs).toMatch(message)
})

test('build arguments keep what stands behind the first equals sign; empty lines mean nothing', () => {
  expect(toImageSource(repo({ path: ' /a b ', buildArgs: '\n A=b=c \n\n_x=\n' }))).toEqual({
    kind: 'repo',
    path: '/a b',
    buildArgs: { A: 'b=c', _x: '' },
  })
})

test.each([
  ['', /Name the image/],
  ['docker://x', /Leave out/],
  ['https://quay.example/x', /Leave out/],
  ['a b', /only/],
  ['-x', /only/],
  ['quay.example/Foo', /small letters only/],
  ['a'.repeat(513), /only/],
])('reference %j is refused', (reference, message) => {
  expect(checkSource({ ...empty, kind: 'registry', reference }).reference).toMatch(message)
})
