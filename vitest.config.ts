import { defineConfig } from 'vitest/config'

const jsx = { jsx: { runtime: 'automatic', importSource: 'preact' } } as const

/** `unit` needs nothing but Node; `hosts` boots disposable machines and must run as root. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{contract,server,gateway,docs,scripts}/**/*.test.ts', 'e2e/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        oxc: jsx,
        test: { name: 'web', environment: 'happy-dom', include: ['web/**/*.test.{ts,tsx}'] },
      },
      {
        test: {
          name: 'hosts',
          include: ['e2e/{host,journeys,attacks}/**/*.test.ts'],
          globalSetup: ['e2e/attacks/score-report.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
