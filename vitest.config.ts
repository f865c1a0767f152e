import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './e2e/longest-first.ts'

const jsx = { jsx: { runtime: 'automatic', importSource: 'preact' } } as const

/** Disposable machines at a time: their tests wait for real programs, with times that two cores keep. */
const HOSTS_AT_ONCE = 2
/** A busy machine is no fault: see test-patience.ts. */
const patience = {
  setupFiles: ['test-patience.ts'],
  testTimeout: 20_000,
  expect: { poll: { timeout: 10_000 } },
}
/** One for each core: vitest by itself leaves one to itself, which on two cores is half of the machine. */
const WORKERS = availableParallelism()

/** `unit` needs nothing but Node; `hosts` boots disposable machines and must run as root. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{contract,server,gateway,docs,scripts}/**/*.test.ts', 'e2e/*.test.ts'],
          ...patience,
          maxWorkers: WORKERS,
        },
      },
      {
        oxc: jsx,
        test: {
          name: 'web',
          environment: 'happy-dom',
          // Each file has a context of its own; the document is loaded once for each worker and not for each file.
          pool: 'vmThreads',
          include: ['web/**/*.test.{ts,tsx}'],
          ...patience,
          maxWorkers: WORKERS,
        },
      },
      {
        test: {
          name: 'hosts',
          include: ['e2e/{host,journeys,attacks}/**/*.test.ts'],
          globalSetup: ['e2e/attacks/score-report.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          maxWorkers: HOSTS_AT_ONCE,
        },
      },
    ],
  },
})
