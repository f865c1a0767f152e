import { describe, expect, it } from 'vitest'
import { createPodmanReadiness } from './podman-readiness.ts'

const user = { name: 'razroom', uid: 999, gid: 999, home: '/home/razroom', shell: '/bin/false' }
const range = { owner: 'razroom', start: 100_000, count: 65_536 }
const traces = { containersConfFile: '/home/razroom/conf', imageStoreDir: '/home/razroom/store' }

/** A machine on which things appear one after the other. */
function machine() {
  const has = { subuid: false, subgid: false, conf: false, store: false, decided: false }
  const looks = { count: 0 }
  const isReady = createPodmanReadiness(
    {
      async readIdRanges(kind) {
        looks.count += 1
        return has[kind] ? [range] : [{ ...range, owner: 'somebody' }]
      },
    },
    {
      readUserFile: async () =>
        has.conf ? { bytes: new Uint8Array(), etag: '', mode: 0o600, uid: user.uid } : null,
      hasUserDirectory: async () => has.store,
    },
    () => traces,
    async () => has.decided,
  )
  return { has, looks, isReady }
}

describe('createPodmanReadiness', () => {
  it('waits for subordinate ids of both kinds, and for the configuration', async () => {
    const { has, isReady } = machine()
    has.conf = true
    expect(await isReady(user)).toBe(false)
    has.subuid = true
    expect(await isReady(user)).toBe(false)
    has.subgid = true
    has.conf = false
    expect(await isReady(user)).toBe(false)
    has.conf = true
    expect(await isReady(user)).toBe(true)
  })

  it('takes an image store that is there already for a decision', async () => {
    const { has, isReady } = machine()
    Object.assign(has, { subuid: true, subgid: true, store: true })
    expect(await isReady(user)).toBe(true)
  })

  it('takes the word of setup where it leaves no trace, but not without subordinate ids', async () => {
    const { has, isReady } = machine()
    has.decided = true
    expect(await isReady(user)).toBe(false)
    Object.assign(has, { subuid: true, subgid: true })
    expect(await isReady(user)).toBe(true)
  })

  it('does not look again once it is so', async () => {
    const { has, looks, isReady } = machine()
    Object.assign(has, { subuid: true, subgid: true, conf: true })
    await isReady(user)
    const before = looks.count
    expect(await isReady(user)).toBe(true)
    expect(looks.count).toBe(before)
  })
})
