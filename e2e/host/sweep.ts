import { withCacheLock } from './cache-lock.ts'
import { isStale, listRecords } from './host-record.ts'
import { tearDown } from './teardown.ts'

/**
 * Takes down the hosts whose owner has ended (a killed test run) or that a reboot of the machine left behind.
 * A host with a living owner, or one that a person keeps, is never touched.
 * @returns the names of those it took down
 */
export async function sweepStaleHosts(): Promise<string[]> {
  return withCacheLock('sweep', async () => {
    const stale = (await listRecords()).filter(isStale)
    for (const record of stale) await tearDown(record)
    return stale.map((record) => record.name)
  })
}
