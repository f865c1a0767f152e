import { expect, test } from 'vitest'
import type { AuditEntry } from '../../contract/audit.ts'
import { HostError } from '../errors.ts'
import { readBundle } from './support-bundle.ts'
import { makeDoctorWorld, TOKEN } from './test-doctor-world.ts'
import { PATHS } from './test-file-world.ts'

const ENTRY: AuditEntry = {
  ...{ seq: 7, at: '2026-01-01T00:00:00Z', kind: 'change', action: 'PUT /api/env', what: 'Save .env' },
  ...{ details: [], who: { by: 'cli', uid: 0 }, outcome: 'done' },
}

test('everything that helps is in it, and no secret, also not one that a program printed', async () => {
  const world = makeDoctorWorld()
  world.put(PATHS.configFile, `{ gateway: { mode: "local", auth: { token: "${TOKEN}" } } }\n`)
  const [begin, end] = [TOKEN.slice(0, 10), TOKEN.slice(10)]
  world.break({
    readLogBefore: async () => ({
      lines: ['', '\x1b[31m', '\x1b[1;38;5;8m', '\0', '\u200b', '\u202e'].map((between) => ({
        ...({ cursor: '1', time: '2026-01-01T00:00:00Z', stream: 'stdout' } as const),
        text: `token ${begin}${between}${end}`,
      })),
      hasMore: false,
    }),
    readAudit: async ({ limit }) => ({
      entries: [{ ...ENTRY, details: [{ name: 'path', value: TOKEN }] }],
      hasMore: false,
      unreadable: limit ?? 0,
    }),
  })
  const { filename, text } = await readBundle(world.options, [])
  expect(filename).toMatch(/^razroom-panel-support-\d{8}T\d{6}Z\.txt$/)
  for (const part of ['razroom-panel 1.2.3', 'Debian GNU/Linux 12', 'ok      subids', '"gatewayPort": 18789'])
    expect(text).toContain(part)
  expect(text).toContain('RAZROOM_GATEWAY_TOKEN=')
  expect(text).toContain('(200 lines are no entries)\n{"seq":7,')
  expect(text).toContain('2026-01-01T00:00:00Z')
  expect(text).not.toContain(TOKEN)
  // In whatever colours it was printed.
  expect(text).not.toContain(begin)
  expect(text.match(/^2026-01-01T00:00:00Z token \S+$/gm)).toHaveLength(6)
})

test('a part that cannot be read says why, and the rest is there', async () => {
  const world = makeDoctorWorld()
  world.break({
    readLogBefore: async () => {
      throw new HostError('FILE_DENIED', { detail: PATHS.logFile })
    },
  })
  const { text } = await readBundle(world.options, [])
  expect(text).toContain(`could not be read: `)
  expect(text).toContain('== Settings ==\n{')
})

test('lines of the gateway that are lost are told of, where they would stand', async () => {
  const world = makeDoctorWorld()
  const line = (cursor: string) =>
    ({ cursor, time: cursor, stream: 'stdout', text: `line ${cursor}` }) as const
  world.break({
    readLogBefore: async () => ({
      lines: [line('a'), line('b')],
      gaps: [{ before: 'b', reason: 'a file was not kept' }],
      hasMore: false,
    }),
  })
  const { text } = await readBundle(world.options, [])
  expect(text).toContain('a line a\n-- Lines are missing here: a file was not kept\nb line b\n')
})
