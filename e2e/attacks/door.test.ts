import { beforeAll, describe, it } from 'vitest'
import { describeAnswers } from './answers.ts'
import { useAttackHost } from './attack-host.ts'
import { describeAudit } from './audit.ts'
import { describeCrossSite } from './cross-site.ts'
import { describeHostHeader } from './host-header.ts'
import { describeLogin, makeOldCode } from './login.ts'
import { describeOtherPage } from './other-page.ts'
import { describePeers } from './peers.ts'
import { describeEndOfAll, describeSockets, makeOldTickets } from './sockets.ts'
import { describeSpellings } from './spellings.ts'

/** The door of the panel on a real host: real sockets, real users, every route of the contract. */
describe('the door', () => {
  const attack = useAttackHost()
  const notUp = () => Promise.reject(new Error('the host did not come up'))
  let refuseOldCode: () => Promise<void> = notUp
  let refuseOldTickets: () => Promise<void> = notUp

  beforeAll(async () => {
    refuseOldCode = await makeOldCode(attack())
  })

  describeSpellings(attack)
  describeHostHeader(attack)
  describeCrossSite(attack)
  describeSockets(attack)
  // They age while the next attacks run.
  it('the sockets have tickets to give', async () => {
    refuseOldTickets = await makeOldTickets(attack())
  })
  describePeers(attack)
  describeAnswers(attack)
  describeOtherPage(attack)

  it('the sockets take no ticket that is older than half a minute', () => refuseOldTickets())

  it('the login takes no code that is older than two minutes', () => refuseOldCode())

  // Last, for these restart the daemon, which forgets the codes of the tests before.
  describeLogin(attack)
  describeAudit(attack)
  // The very last: it ends the session of all the others.
  describeEndOfAll(attack)
})
