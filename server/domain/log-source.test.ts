import { expect, test } from 'vitest'
import { logSourceOf } from './log-source.ts'

const OWN = '/home/razroom/.local/share/razroom/log/gateway.log'
const OTHER = '/home/razroom/.local/share/containers/storage/overlay-containers/1/userdata/ctr.log'

test.each([
  ['k8s-file', OWN, { kind: 'own' }],
  ['k8s-file', OTHER, { kind: 'file', path: OTHER }],
  ['json-file', OTHER, { kind: 'file', path: OTHER }],
  ['journald', '', { kind: 'journal' }],
  ['passthrough', '', { kind: 'journal' }],
  ['none', '', { kind: 'nowhere', driver: 'none' }],
  ['k8s-file', '', { kind: 'nowhere', driver: 'k8s-file' }],
])('%s to %s', (logDriver, logPath, source) => {
  expect(logSourceOf({ logDriver, logPath }, OWN)).toEqual(source)
})
