import { expect, test, vi } from 'vitest'
import { closeAll, KEPT_FILES, keepLogFile, openSegments } from './log-segments.ts'
import { beginFile, row, useLogPlace } from './test-log-files.ts'

/** What happens right behind the opening of a file, once. */
const meanwhile = vi.hoisted((): { happens: (() => Promise<void>) | null } => ({ happens: null }))

vi.mock('./log-file.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('./log-file.ts')>()
  return {
    ...original,
    openLog: async (path: string) => {
      const log = await original.openLog(path)
      const { happens } = meanwhile
      meanwhile.happens = null
      await happens?.()
      return log
    },
  }
})

let path: string
useLogPlace((place) => {
  ;({ path } = place)
})

/** Begins the file of one line and gives it its second name. */
const rotate = async (number: number): Promise<void> => {
  await beginFile(path, row(number))
  await keepLogFile(path)
}

test.each([1, 2])('files are in their order when %i more begin while they are opened', async (more) => {
  for (let file = 0; file < 3; file += 1) await rotate(file)
  meanwhile.happens = async () => {
    for (let file = 3; file < 3 + more; file += 1) await rotate(file)
  }
  const files = await openSegments(path)
  const texts = await Promise.all(files.map(({ handle }) => handle.readFile('utf8')))
  await closeAll(files)
  expect(meanwhile.happens).toBeNull()
  expect(texts).toEqual(
    [0, 1, 2, 3, 4]
      .slice(0, 3 + more)
      .map((file) => row(file))
      .slice(-KEPT_FILES),
  )
})

test('where another file begins each time, what there is is opened all the same', async () => {
  let number = 0
  await rotate(number)
  const again = async (): Promise<void> => {
    number += 1
    await rotate(number)
    meanwhile.happens = again
  }
  meanwhile.happens = again
  const files = await openSegments(path)
  meanwhile.happens = null
  expect(files.length).toBeGreaterThan(0)
  await closeAll(files)
})
