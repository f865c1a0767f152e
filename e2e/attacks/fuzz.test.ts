import { describe } from 'vitest'
import { useAttackHost } from './attack-host.ts'
import { describeFuzzedRequests } from './fuzzed-requests.ts'
import { describeFuzzedSockets } from './fuzzed-sockets.ts'
import { describeUsedAtOnce } from './used-at-once.ts'
import { describeWhileReloading } from './while-reloading.ts'

/** Requests and frames that nobody thought of, and the daemon in use by several at once, on a real host. */
describe('what nobody thought of', () => {
  const attack = useAttackHost('machine-state.ts', 'page-client.ts')

  describeFuzzedRequests(attack)
  describeFuzzedSockets(attack)
  describeWhileReloading(attack)
  describeUsedAtOnce(attack)
})
