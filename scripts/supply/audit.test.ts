import { expect, test } from 'vitest'
import { judgeAudit } from './audit.ts'

const counts = { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 }
const report = (found: Partial<typeof counts>, vulnerabilities = {}) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { vulnerabilities: { ...counts, ...found } },
  })

test('no hole, and small ones, let the gate open', () => {
  expect(judgeAudit(report({})).exitCode).toBe(0)
  const small = judgeAudit(report({ moderate: 1 }, { x: { severity: 'moderate', range: '<2' } }))
  expect(small).toMatchObject({
    exitCode: 0,
    lines: ['moderate: x <2', expect.stringContaining('moderate 1')],
  })
})

test.each(['high', 'critical'])('a %s one closes it', (level) => {
  expect(judgeAudit(report({ [level]: 1 })).exitCode).toBe(1)
})

test.each([
  ['a refusal', '{"message":"405 Method Not Allowed","statusCode":405,"error":{}}'],
  ['no network', '{"message":"connect ECONNREFUSED","error":{}}'],
  ['an old error', '{"error":{"code":"ENOAUDIT"}}'],
  ['a report that counts nothing', '{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}'],
  ['half a report', '{"metadata":{"vulnerabilities":{"high":0}}}'],
  ['no JSON', 'npm: command not found'],
  ['nothing', ''],
])('%s is no answer, and never a clean one', (_what, text) => {
  expect(judgeAudit(text).exitCode).toBe(3)
})
