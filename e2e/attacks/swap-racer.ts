/**
 * Runs inside a host, as the gateway's user: puts links in the place of files and directories of its own for a moment,
 * one after the other, as fast as it can. Takes its orders as JSON on stdin and prints how often.
 */
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from './panel-client.ts'

export interface SwapOrders {
  readonly seconds: number
  readonly seed: number
  readonly places: readonly string[]
  readonly targets: readonly string[]
}

const { seconds, seed, places, targets } = JSON.parse(await text(process.stdin)) as SwapOrders
const random = seededRandom(seed)
const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)] ?? ''

async function swap(place: string): Promise<boolean> {
  const aside = `${place}.aside`
  try {
    renameSync(place, aside)
  } catch {
    // The panel is about to write it for the first time.
    return false
  }
  try {
    symlinkSync(pick(targets), place)
    await sleep(random() * 8)
  } catch {
    // Something was written there meanwhile.
  }
  for (;;) {
    try {
      rmSync(place, { recursive: true, force: true })
      renameSync(aside, place)
      return true
    } catch {
      // Something was written there again: it goes, and the former one comes back.
    }
  }
}

let changes = 0
for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
  if (await swap(pick(places))) changes += 1
  await sleep(random() * 10)
}
process.stdout.write(JSON.stringify(changes))
