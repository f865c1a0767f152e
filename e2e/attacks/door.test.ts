import { afterAll, beforeAll, describe, it } from 'vitest'
import { describeAnswers } from './answers.ts'
import { type AttackHost, openAttackHost } from './attack-host.ts'
import { describeAudit } from './audit.ts'
import { describeCrossSite } from './cross-site.ts'
import { describeHostHeader } from './host-header.ts'
import { describeLogin, makeOldCode } from './login.ts'
import { describeOtherPage } from './other-page.ts'
import { describePeers } from './peers.ts'
import { describeEndOfAll, describeSockets } from './sockets.ts'
import { describeSpellings } from './spellings.ts'

/** The door of the panel on a real host: real sockets, real users, every route of the contract. */
describe('the door', () => {
  let host: AttackHost | undefined
  let refuseOldCode: () => Promise<void> = () => Promise.reject(new Error('the host did not come up'))
  const attack = (): AttackHost => {
    if (!host) throw new Error('the host did not come up')
    return host
  }

  beforeAll(async () => {
    host = await openAttackHost()
    refuseOldCode = await makeOldCode(host)
  })

  afterAll(() => host?.close())

  describeSpellings(attack)
  describeHostHeader(attack)
  describeCrossSite(attack)
  describeSockets(attack)
  describePeers(attack)
  describeAnswers(attack)
  describeOtherPage(attack)

  it('the login takes no code that is older than two minutes', () => refuseOldCode())

  // Last, for these restart the daemon, which forgets the codes of the tests before.
  describeLogin(attack)
  describeAudit(attack)
  // The very last: it ends the session of all the others.
  describeEndOfAll(attack)
})
