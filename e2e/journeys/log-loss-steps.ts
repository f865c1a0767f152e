import { expect, it } from 'vitest'
import type { LogLine } from '../../contract/logs.ts'
import { AS_RAZROOM } from '../host/host-test-kit.ts'
import { waitUntil } from '../host/wait-until.ts'
import type { LogHost } from './log-host.ts'
import { followLog } from './log-talk.ts'

/** At which conmon begins a new file. */
const FILE_KILOBYTES = 2_000
/** Below the 8 KiB that conmon makes rows of. */
const ROW_BYTES = 4_000
/** Some milliseconds where nothing else runs; the panel has just begun, and begins to watch a second later. */
const KEPT_WITHIN_MS = 60_000
/** More rows than a file has. */
const ROWS = 1_000

type Item = LogLine | { readonly gap: string }

/** A file of the log that was begun and left while no panel kept it is told of, and nothing else is. The gateway is stopped for it. */
export function itTellsWhatIsLost(open: () => LogHost): void {
  it('says which lines are lost of what was filled while no panel ran, and of nothing else', async () => {
    const { panel, logFile } = open()
    await panel.cli('stop')
    const image = (await panel.podman('inspect', '--format', '{{.ImageName}}', 'razroom')).trim()
    const inodeOf = async (path: string) =>
      (await panel.host.run(['stat', '--format=%i', path], { reject: false })).stdout
    const isKept = async () => (await inodeOf(logFile)) === (await inodeOf(`${logFile}.1`))
    // A container of its own each time: it begins, prints into the one file, and ends.
    const print = (kilobytes: number) =>
      panel.host.run([
        ...AS_RAZROOM,
        ...['podman', 'run', '--rm', '--replace', '--name=printer', '--network=none', '--attach=stderr'],
        ...['--log-driver=k8s-file', `--log-opt=path=${logFile}`, `--log-opt=max-size=${FILE_KILOBYTES}kb`],
        ...['--entrypoint=node', image, '--eval'],
        `for (let left = ${(kilobytes * 1_000) / ROW_BYTES}; left > 0; left -= 1) console.log('x'.repeat(${ROW_BYTES}))`,
      ])
    const gaps = async () => {
      const talk = await followLog(open(), { backlog: ROWS })
      await talk.until('it is live', ({ frames }) => frames.some(({ type }) => type === 'live'))
      await talk.end()
      return talk.frames.filter(({ type }) => type === 'gap').map(({ reason }) => String(reason))
    }
    // Somebody takes the file away, and a container that starts makes another: nothing is lost, and its size is known.
    await panel.host.run(['rm', logFile])
    await print(100)
    await waitUntil('the file is kept', KEPT_WITHIN_MS, isKept)

    // One change of files: what was there is kept by its second name.
    await panel.stop()
    const inode = await inodeOf(logFile)
    await print(FILE_KILOBYTES * 1.2)
    expect(await inodeOf(logFile)).not.toBe(inode)
    await panel.start()
    expect(await gaps()).toEqual([])
    await waitUntil('the file is kept', KEPT_WITHIN_MS, isKept)

    // Two.
    await panel.stop()
    await print(FILE_KILOBYTES * 2.5)
    await panel.start()
    const [reason = '', ...others] = await gaps()
    expect([reason, others]).toEqual([expect.stringContaining('the log filled a file'), []])
    await waitUntil('the file is kept', KEPT_WITHIN_MS, isKept)
    // After the keeper has moved the files on, in its place: the last line of before, and the first there is.
    const items = await panel.cli<Item[]>('logs', '-n', String(ROWS))
    const at = items.findIndex((item) => 'gap' in item)
    const time = (item: Item | undefined) => (item && 'time' in item ? item.time : '')
    expect(items[at]).toEqual({ gap: reason })
    // Where the clock of files is as slow as the disk is quick, it may be.
    const [before, after] = [time(items[at - 1]), time(items[at + 1])]
    expect(reason).toMatch(/^lines between \S+ and \S+ (?:are|may be) lost: /)
    expect(reason.split(' ').filter((word) => /^\d/.test(word))).toEqual([before, after])
    expect(items.filter((item) => 'gap' in item)).toHaveLength(1)
    // A search looks over it.
    const found = await panel.cli<Item[]>('logs', '-n', String(ROWS), '--grep', 'x')
    expect(found.filter((item) => 'gap' in item)).toEqual([{ gap: reason }])
  })
}
