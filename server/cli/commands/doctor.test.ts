import { expect, test } from 'vitest'
import type { DoctorReport } from '../../../contract/doctor.ts'
import { reportLines } from './doctor.ts'

const plain = { style: (_style: string, text: string) => text }
const report: DoctorReport = {
  at: '2026-01-01T00:00:00Z',
  findings: [
    {
      id: 'linger.off',
      check: 'linger',
      severity: 'warning',
      title: 'The services do not stay',
      evidence: 'no file \u001b[31mx',
      meaning: 'It ends.',
      certainty: 'likely',
      hint: 'Think.',
      fix: { label: 'Turn linger on', preview: 'loginctl enable-linger razroom' },
    },
  ],
  checks: [
    {
      id: 'linger',
      title: 'Linger',
      outcome: 'found',
      looked: 'loginctl show-user razroom',
      said: 'off',
      tookMs: 3,
      isSlow: false,
    },
    {
      id: 'disk',
      title: 'Disk',
      outcome: 'failed',
      looked: 'df',
      said: 'no answer',
      tookMs: 9,
      isSlow: false,
    },
  ],
}

test('a finding tells what was seen, what it means, where, and what mends it', () => {
  expect(reportLines(report, plain, false)).toEqual([
    'warning: The services do not stay (likely)  [linger.off]',
    expect.stringMatching(/^ {2}no file .*x$/),
    '  It ends.',
    '  Think.',
    '  Looked at: loginctl show-user razroom',
    '  Turn linger on: sudo razroom-panel doctor --fix linger.off',
    '',
    'could not look at disk: no answer',
    '1 thing is wrong; 1 checks looked.',
  ])
  expect(reportLines(report, plain, false).join('\n')).not.toContain('\u001b')
})

test('with --verbose every check, and in the end whether all is well', () => {
  const well = { ...report, findings: [], checks: report.checks.slice(0, 1) }
  expect(reportLines(well, plain, true)).toEqual([
    'found   linger         off 3 ms',
    'All is well: 1 checks looked.',
  ])
})

test('where something could not be looked at, nothing is called well', () => {
  expect(reportLines({ ...report, findings: [] }, plain, false).at(-1)).toBe(
    'Nothing wrong was found, but not everything could be looked at.',
  )
})
