import { describe, expect, it } from 'vitest'
import { explainPullFailure, registryOf } from './pull-failure.ts'

describe('registryOf', () => {
  it.each([
    ['docker.io/library/nginx:1', 'docker.io'],
    ['127.0.0.1:5000/a', '127.0.0.1:5000'],
    ['localhost/razroom:local', 'localhost'],
    ['nginx', null],
    ['nginx:1.27', null],
    ['library/nginx', null],
  ])('%s -> %s', (reference, registry) => {
    expect(registryOf(reference)).toBe(registry)
  })
})

/** As podman 5.4.2 and 4.3.1 print them. */
const SAID: ReadonlyArray<readonly [string, string]> = [
  [
    'Error: initializing source docker://r.example/priv/a:1: reading manifest 1 in r.example/priv/a: authentication required',
    'Log in to r.example',
  ],
  [
    'Error: reading manifest 1 in r.example/priv/a: unauthorized: access to the requested resource',
    'Log in to',
  ],
  ['Error: requested access to the resource is denied', 'Log in to'],
  ['Error: reading manifest 1 in r.example/pub/none: manifest unknown', 'has no image of the name and tag'],
  ['Error: reading manifest 1 in r.example/x: name unknown: repository name not known', 'has no image'],
  ['dial tcp: lookup r.example on 10.0.0.1:53: no such host', 'There is no machine of the name r.example'],
  ['dial tcp 127.0.0.1:5999: connect: connection refused', 'does not answer'],
  ['Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client', 'speaks plain HTTP'],
  [
    'Error: short-name "a" did not resolve to an alias and no unqualified-search registries are defined',
    'docker.io/',
  ],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'The certificate of'],
  ['toomanyrequests: You have reached your pull rate limit', 'so many requests'],
]

describe('explainPullFailure', () => {
  it.each(SAID)('%s', (line, meaning) => {
    const lines = ['Trying to pull r.example/priv/a:1...', line]
    expect(explainPullFailure(lines, 'r.example/priv/a:1')).toContain(meaning)
  })

  it('says nothing of what it does not know', () => {
    expect(explainPullFailure(['Error: something else'], 'r.example/a')).toBeNull()
  })
})
