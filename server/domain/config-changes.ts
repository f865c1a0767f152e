/** Which keys of razroom.json differ between two versions of it, never what stands there. */
import { isSecretVariable } from '../../contract/rules.ts'
import { PanelError } from '../errors.ts'
import { isRecord } from './config-reading.ts'
import { readConfig } from './razroom-config.ts'

/** @returns dotted paths, in the order of the newer one; none where one of the two can't be read */
export function changedConfigKeys(before: Uint8Array, now: Uint8Array): string[] {
  const [old, present] = [rawOf(before), rawOf(now)]
  return old === undefined || present === undefined ? [] : [...differences(old, present, '')]
}

function rawOf(bytes: Uint8Array): unknown {
  try {
    return readConfig(bytes).raw
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return undefined
  }
}

function* differences(before: unknown, now: unknown, path: string): Generator<string> {
  if (isRecord(before) && isRecord(now)) {
    for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
      // Even a key may be a piece of a secret.
      if (isSecretVariable('', key)) continue
      yield* differences(own(before, key), own(now, key), path === '' ? key : `${path}.${key}`)
    }
  } else if (JSON.stringify(before) !== JSON.stringify(now) && path !== '') yield path
}

function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
