import { appendFile, chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readLines } from '../../contract/log-rows.ts'
import type { LogChunk } from './host.ts'
import { createTestAgent, type TestAgent } from './test-agent.ts'
import { createUserFiles, type UserFiles } from './user-files.ts'

const NOBODY = 65534

/** Dropping to another user takes root. */
describe.runIf(process.getuid?.() === 0)('streams of createUserFiles', () => {
  let agent: TestAgent
  let files: UserFiles
  let place: string
  let count = 0
  const write = (path: string, value: string) =>
    files.writeUserFile(agent.user, { path, bytes: Buffer.from(value), mode: 0o600 })

  beforeAll(async () => {
    agent = await createTestAgent()
    files = createUserFiles(agent.program)
  })
  afterAll(async () => {
    await files.close()
    await agent.remove()
  })
  beforeEach(async () => {
    count += 1
    place = join(agent.home, `test-${count}`)
    await mkdir(place, { mode: 0o700 })
    await chown(place, NOBODY, NOBODY)
  })

  let controller: AbortController
  beforeEach(() => {
    controller = new AbortController()
  })
  afterEach(() => controller.abort())

  async function until(condition: () => boolean, what: () => unknown): Promise<void> {
    const deadline = Date.now() + 8_000
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`not in time: ${JSON.stringify(what())}`)
      await wait(5)
    }
  }

  it('tells of changes, of a file renamed into place, and of one in a directory that came later', async () => {
    const [near, far] = [join(place, 'near'), join(place, 'later', 'dir', 'far')]
    await write(near, '0')
    const seen: string[] = []
    const run = async (): Promise<void> => {
      for await (const path of files.watchUserFiles(agent.user, [near, far], controller.signal))
        seen.push(path)
    }
    const done = run()
    await until(
      () => seen.length === 2,
      () => seen,
    )
    expect(seen).toEqual([near, far])
    const step = async (path: string, act: () => Promise<unknown>): Promise<void> => {
      seen.length = 0
      await act()
      await until(
        () => seen.includes(path),
        () => seen,
      )
      await wait(100)
    }
    await step(near, () => writeFile(near, '1'))
    await step(near, async () => {
      await writeFile(join(place, 'temp'), '2')
      await rename(join(place, 'temp'), near)
    })
    await step(near, () => write(near, '3'))
    await mkdir(join(place, 'later'))
    await wait(100)
    await mkdir(join(place, 'later', 'dir'))
    await wait(100)
    await step(far, () => writeFile(far, 'x'))
    controller.abort()
    await done
  })

  const row = (value: string): string => `2026-11-23T11:40:08.850000000+00:00 stdout F ${value}\n`

  it('follows a log over the death of its agent, without loss or repetition', async () => {
    const path = join(place, 'log')
    await writeFile(path, '')
    await chown(path, NOBODY, NOBODY)
    const chunks: LogChunk[] = []
    const lines = (): string[] =>
      chunks.flatMap(({ rows }) => (rows ? (readLines(rows) ?? []) : [])).map(({ text }) => text)
    const run = async (): Promise<void> => {
      const request = { path, backlog: 10 }
      for await (const chunk of files.followLog(agent.user, request, controller.signal)) chunks.push(chunk)
    }
    const done = run()
    for (let at = 0; at < 30; at++) {
      await appendFile(path, row(`line ${at}`))
      if (at === 10) await until(() => lines().length > 5, lines)
      if (at === 12) for (const pid of await agent.pids()) process.kill(pid, 'SIGKILL')
      await wait(20)
    }
    await until(() => lines().length >= 30 && chunks.at(-1)?.live === true, lines)
    expect(lines()).toEqual(Array.from({ length: 30 }, (_, index) => `line ${index}`))
    expect(chunks.filter((chunk) => chunk.gap !== undefined)).toEqual([])
    controller.abort()
    await done
  })

  it('keeps the files of a log over the death of its agent, without a pause', async () => {
    const path = join(place, 'log')
    const begin = async (value: string) => {
      await writeFile(`${path}.new`, row(value))
      await chown(`${path}.new`, NOBODY, NOBODY)
      await rename(`${path}.new`, path)
    }
    await begin('first')
    let kept = 0
    const run = async (): Promise<void> => {
      for await (const begun of files.keepLog(agent.user, path, controller.signal)) kept += Number(begun)
    }
    const done = run()
    await until(
      () => kept === 1,
      () => kept,
    )
    for (const pid of await agent.pids()) process.kill(pid, 'SIGKILL')
    await begin('second')
    await until(
      () => kept === 2,
      () => kept,
    )
    expect(await readFile(`${path}.2`, 'utf8')).toBe(row('first'))
    controller.abort()
    await done
  })

  it('waits for a slow consumer', async () => {
    const path = join(place, 'log')
    const texts = Array.from({ length: 50_000 }, (_, at) => `${at} ${'x'.repeat(1_000)}`)
    await writeFile(path, texts.map(row).join(''))
    await chown(path, NOBODY, NOBODY)
    const stream = files.followLog(agent.user, { path, backlog: 50_000 }, controller.signal)
    const iterator = stream[Symbol.asyncIterator]()
    const seen: string[] = []
    const take = ({ rows }: LogChunk): void => {
      for (const { text } of rows ? (readLines(rows) ?? []) : []) seen.push(text)
    }
    const first = await iterator.next()
    const [pid] = await agent.pids()
    const written = async (): Promise<number> =>
      Number(/^wchar: (\d+)/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1])
    // It fills what it has credit for, and then it is still: the whole log would be 50 MB.
    let [before, after] = [-1, await written()]
    for (let looks = 0; before !== after && looks < 40; looks += 1) {
      await wait(200)
      before = after
      after = await written()
    }
    expect(after - before).toBe(0)
    expect(after).toBeLessThan(20_000_000)
    // The first one has stayed as it was, until now.
    for (let next = first; !next.done && !next.value.live; next = await iterator.next()) take(next.value)
    expect(seen.length).toBe(texts.length)
    expect(seen.every((text, at) => text === texts[at])).toBe(true)
    await iterator.return?.()
  })

  it('pages back with cursors', async () => {
    const path = join(place, 'log')
    await writeFile(path, Array.from({ length: 100 }, (_, index) => row(`line ${index}`)).join(''))
    await chown(path, NOBODY, NOBODY)
    const last = await files.readLogBefore(agent.user, path, null, 10)
    expect(last.lines.map((line) => line.text)).toEqual(
      Array.from({ length: 10 }, (_, at) => `line ${90 + at}`),
    )
    const earlier = await files.readLogBefore(agent.user, path, last.lines[0]?.cursor ?? '', 100)
    expect(earlier.lines).toHaveLength(90)
    expect([last.hasMore, earlier.hasMore]).toEqual([true, false])
  })
})
