import { expect, test } from 'vitest'
import { needsAfterRotation } from './device-needs.ts'

test('what each device needs after a rotation goes by what it says of itself', () => {
  const device = { isRevoked: false }
  const needs = needsAfterRotation([
    { ...device, id: 'a', name: 'Phone', client: 'razroom-control-ui (webchat)' },
    { ...device, id: 'b', client: 'cli (cli)', platform: 'linux' },
    { ...device, id: 'c', name: 'Camera', client: 'node-host', role: 'node' },
    { ...device, id: 'd'.repeat(64) },
    { id: 'e', name: 'Old', isRevoked: true },
  ])
  expect(needs.map(({ name, need }) => `${name}: ${need}`)).toEqual([
    'Phone: open the Control UI there once with the new token (it stays approved)',
    'cli (cli), linux: needs nothing, for it has the token from its surroundings',
    'Camera: write the new token into its settings and connect it again (it stays approved)',
    'dddddddddddd: give it the new token where it has the old one (it stays approved)',
  ])
})
