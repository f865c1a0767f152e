/**
 * Runs inside a host, as the gateway's user: an editor that saves a file again and again by a rename, until its stdin
 * ends. It exchanges the names of its new file and the old one (renameat2(2), mv(1) of coreutils 9.5 or later), so that
 * it knows what each of its saves has displaced. Prints what it did.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { seededRandom } from './panel-client.ts'

export interface EditorSave {
  readonly saved: string
  readonly displaced: string
}

const { positionals } = parseArgs({ allowPositionals: true })
const [file = '', seed = '1'] = positionals
const random = seededRandom(Number(seed))
const temp = `${file}.editor`
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

let isOver = false
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()
const saves: EditorSave[] = []
while (!isOver) {
  // Now fast, so that it meets a save, now with pauses, in which one can be made.
  await sleep(random() < 0.5 ? random() * 60 : 200 + random() * 600)
  const bytes = Buffer.from(`EDITOR=${saves.length}\nSEED=${seed}\n`)
  writeFileSync(temp, bytes, { mode: 0o600 })
  execFileSync('mv', ['--exchange', '--no-target-directory', temp, file])
  saves.push({ saved: hashOf(bytes), displaced: hashOf(readFileSync(temp)) })
}
unlinkSync(temp)
process.stdout.write(JSON.stringify(saves))
