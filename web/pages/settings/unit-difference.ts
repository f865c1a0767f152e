import type { DifferenceLine } from '../../../contract/versions.ts'
import { lineDifference } from '../../../server/domain/line-difference.ts'

/**
 * What would change in a unit that systemd goes by: its comments, the panel's own checksum among them, are left out
 * (lines that begin with # or ; are comments: systemd.syntax(7)).
 */
export function unitDifference(present: string, wanted: string): DifferenceLine[] {
  return lineDifference(withoutComments(present), withoutComments(wanted))
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line))
    .join('\n')
}
