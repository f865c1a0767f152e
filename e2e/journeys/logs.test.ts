import { afterAll, beforeAll, describe } from 'vitest'
import { createHost, type TestHost } from '../host/host.ts'
import { itKeepsItsHistory } from './log-history-steps.ts'
import { type LogHost, openLogHost } from './log-host.ts'
import { itWithstandsHostileLogs } from './log-hostile.ts'
import { itTellsWhatIsLost } from './log-loss-steps.ts'
import { itIsReadInThePage } from './log-page-steps.ts'
import { itSearches } from './log-search-steps.ts'
import { itSoaks } from './log-soak.ts'
import { itTakesTheLogAway } from './log-take-away-steps.ts'

/** The log on one host: as a person uses it, under all that may happen, and with what nobody should write into it. */
describe('the log', () => {
  let machine: TestHost | undefined
  let host: LogHost | undefined
  const open = (): LogHost => {
    if (!host) throw new Error('the host did not come up')
    return host
  }
  beforeAll(async () => {
    machine = await createHost({ kind: 'debian-13' })
    host = await openLogHost(machine)
  })
  afterAll(() => machine?.destroy())

  describe('as it is used', () => {
    itKeepsItsHistory(open)
    itSearches(open)
    itTakesTheLogAway(open)
    itIsReadInThePage(open, 'quadlet')
    itIsReadInThePage(open, 'container')
  })
  describe('whatever happens', () => {
    itSoaks(open)
    itTellsWhatIsLost(open)
  })
  // Last, for what is kept is not worth reading afterwards.
  describe('whatever is in it', () => itWithstandsHostileLogs(open))
})
