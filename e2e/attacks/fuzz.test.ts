import { afterAll, beforeAll, describe } from 'vitest'
import { type AttackHost, openAttackHost } from './attack-host.ts'
import { describeFuzzedRequests } from './fuzzed-requests.ts'
import { describeFuzzedSockets } from './fuzzed-sockets.ts'
import { putInside } from './inside.ts'
import { describeUsedAtOnce } from './used-at-once.ts'
import { describeWhileReloading } from './while-reloading.ts'

/** Requests and frames that nobody thought of, and the daemon in use by several at once, on a real host. */
describe('what nobody thought of', () => {
  let host: AttackHost | undefined
  const attack = (): AttackHost => {
    if (!host) throw new Error('the host did not come up')
    return host
  }

  beforeAll(async () => {
    host = await openAttackHost()
    await putInside(host.panel.host, 'machine-state.ts', 'page-client.ts')
  })

  afterAll(() => host?.close())

  describeFuzzedRequests(attack)
  describeFuzzedSockets(attack)
  describeWhileReloading(attack)
  describeUsedAtOnce(attack)
})
