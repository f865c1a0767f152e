import { describe, expect, it } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { requestedSettings } from './setup-settings.ts'

const stored = { ...defaultSettings(), configDir: '/srv/a', gatewayPort: 28789, adminUids: [1000] }

describe('requestedSettings', () => {
  it('keeps what is stored where nothing is asked for', () => {
    expect(requestedSettings(null, {})).toEqual(defaultSettings())
    expect(requestedSettings(stored, {})).toEqual(stored)
  })

  it('lets the request outrank what was found, and that what is stored', () => {
    const found = { gatewayPort: 1111, bridgePort: 2222, mode: 'quadlet' } as const
    expect(requestedSettings(stored, { bridgePort: 3333 }, found)).toEqual({
      ...stored,
      mode: 'quadlet',
      gatewayPort: 1111,
      bridgePort: 3333,
    })
  })

  it('stores no consent, and paths as they are compared later', () => {
    const request = { createUser: true, confirmExposure: true, configDir: '//srv/./b/', workspaceDir: null }
    expect(requestedSettings(stored, request)).toEqual({ ...stored, configDir: '/srv/b' })
  })

  it('gives another user directories of its own', () => {
    expect(requestedSettings(stored, { user: 'alice' })).toMatchObject({ user: 'alice', configDir: null })
    expect(requestedSettings(stored, { user: stored.user })).toMatchObject({ configDir: '/srv/a' })
  })
})
