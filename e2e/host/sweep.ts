import { withCacheLock } from './cache-lock.ts'
import { isStale, listRecords } from './host-record.ts'
import { tearDown } from './teardown.ts'

/**
 * Takes down the hosts whose owner has ended (a killed test run) or that a reboot of the machine left behind.
 * A host with a living owner, or one that a person keeps, is never touched.
 * @returns the names of those it took down
 */
export function sweepStaleHosts(): Promise<string[]> {
  return withSweepLock((sweep) => sweep())
}

/** While this works, nobody sweeps but it. */
export function withSweepLock<T>(work: (sweep: () => Promise<string[]>) => Promise<T>): Promise<T> {
  return withCacheLock('sweep', () => work(sweep))
}

async function sweep(): Promise<string[]> {
  const stale = (await listRecords()).filter(isStale)
  for (const record of stale) await tearDown(record)
  return stale.map((record) => record.name)
}
