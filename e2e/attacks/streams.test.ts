import { afterAll, beforeAll, describe } from 'vitest'
import { type AttackHost, openAttackHost } from './attack-host.ts'
import { describeContainerReach } from './container-reach.ts'
import { describeFloods } from './floods.ts'
import { describeHostilePage } from './hostile-page.ts'
import { putInside } from './inside.ts'
import { describeSocketBounds } from './socket-bounds.ts'
import { describeTerminalAbuse } from './terminal-abuse.ts'

/** What the panel sends on without end, and what comes with it. */
describe('the streams', () => {
  let host: AttackHost | undefined
  const attack = (): AttackHost => {
    if (!host) throw new Error('the host did not come up')
    return host
  }

  beforeAll(async () => {
    host = await openAttackHost('debian-12')
    const programs = [
      'stream-clients.ts',
      'stream-rows.ts',
      'socket-abuse.ts',
      'stream-socket.ts',
      'release-processes.ts',
    ]
    await putInside(host.panel.host, ...programs)
    await terminal.leaveClient()
  })
  afterAll(() => host?.close())

  describeFloods(attack)
  describeSocketBounds(attack)
  const terminal = describeTerminalAbuse(attack)
  describeHostilePage(attack)
  // Last, for it makes the container anew, in the network of a podman before 5.
  describeContainerReach(() => attack().panel, 'slirp4netns')
})
