/**
 * Runs inside a host, as the gateway's user: puts something else in the place of `.env`, and links in the place of its
 * directory, as fast as it can, for some seconds. Arguments: the directory, seconds, a seed. Prints how often.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from './panel-client.ts'

const [directory = '', seconds = '1', seed = '1', ...targets] = process.argv.slice(2)
const random = seededRandom(Number(seed))
const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
const place = `${directory}/.env`
const aside = `${directory}.aside`
const next = `${directory}/.racing`

const link = (target: string) => (): void => symlinkSync(target, next)
const things: readonly (() => void)[] = [
  () => writeFileSync(next, `RACE=${random()}\n`, { mode: 0o600 }),
  () => writeFileSync(next, `RACE=${random()}\n`, { mode: 0o600 }),
  () => mkdirSync(next),
  () => execFileSync('mkfifo', [next]),
  ...targets.map((target) => link(`${target}/.env`)),
  ...['/etc/shadow', '/dev/zero', '/dev/tty', '/proc/self/mem', '.env', 'nowhere'].map(link),
]

function changeFile(): void {
  rmSync(next, { recursive: true, force: true })
  pick(things)?.()
  putInPlace(next, place)
}

/** The panel may put something in the same place at any moment. */
function putInPlace(from: string, to: string): void {
  for (;;) {
    try {
      renameSync(from, to)
      return
    } catch {
      // A directory is in the place, or goes there.
      rmSync(to, { recursive: true, force: true })
    }
  }
}

/** The parent is a link for a moment: to root's directories, and to one where anybody may write. */
async function changeParent(): Promise<void> {
  renameSync(directory, aside)
  symlinkSync(pick(targets) ?? '/etc', directory)
  await sleep(random() * 8)
  rmSync(directory)
  renameSync(aside, directory)
}

let changes = 0
for (const end = Date.now() + Number(seconds) * 1000; Date.now() < end; changes += 1) {
  if (random() < 0.7) changeFile()
  else await changeParent()
  await sleep(random() * 6)
}
rmSync(next, { recursive: true, force: true })
rmSync(place, { recursive: true, force: true })
writeFileSync(place, 'AFTER=1\n', { mode: 0o600 })
process.stdout.write(JSON.stringify(changes))
