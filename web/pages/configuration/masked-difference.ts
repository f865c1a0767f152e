import type { DifferenceLine } from '../../../contract/versions.ts'
import { maskConfigText } from '../../../server/domain/config-view.ts'
import { maskedDifference } from '../../../server/domain/line-difference.ts'

/** What turns one text of razroom.json into the other, without the secrets of either. */
export function configDifference(before: string, after: string): DifferenceLine[] {
  return maskedDifference(before, after, (text) => maskConfigText(text).split('\n'))
}
