import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type LoadedConfig, loadConfig } from './config-file.ts'
import { isRecord } from './config-schema.ts'
import { FatalError, systemErrorCode } from './fatal-error.ts'
import type { SubsystemLog } from './log.ts'
import type { StatePaths } from './state-paths.ts'

/**
 * Looking at the file's times works for every way of saving (in place, by rename, from the host through a bind
 * mount) and for a file that is not there yet; inotify on the file itself ends with the first rename.
 */
const POLL_MS = 250

/**
 * The dotted paths at which two configurations differ, in the order of the first.
 * An array counts as one value.
 */
export function changedPaths(before: unknown, after: unknown, prefix = ''): string[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isRecord(before) || !isRecord(after)) return [prefix || '<root>']
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => changedPaths(before[key], after[key], prefix ? `${prefix}.${key}` : key))
}

/** What a change means to the running gateway. Source: docs/facts/razroom-gateway.md, "Start and stop". */
export function classifyChange(paths: readonly string[]): 'none' | 'reload' | 'restart' {
  const sections = paths.map((path) => path.split('.')[0])
  if (sections.some((section) => section === 'gateway' || section === 'plugins')) return 'restart'
  // Both are notes that the program itself leaves in the file.
  return sections.every((section) => section === 'meta' || section === 'wizard') ? 'none' : 'reload'
}

/**
 * Watches razroom.json. A change of `gateway.*` or `plugins.*` calls `onRestart` with the changed paths; other
 * changes are taken over and logged; a broken or missing file is logged and the last good one stays in force.
 * @param running the configuration in force; a change made since it was read is found at the first look
 * @returns ends the watching
 */
export function watchConfig(
  paths: StatePaths,
  running: Record<string, unknown>,
  log: SubsystemLog,
  onRestart: (changed: string[]) => void,
): () => void {
  let current = running
  let seen: string | undefined
  const timer = setInterval(() => {
    const now = fingerprint(paths.configPath)
    if (now === seen) return
    const isFirstLook = seen === undefined
    seen = now
    const loaded = tryLoad(paths, log)
    if (!loaded) return
    if (!loaded.exists) {
      if (!isFirstLook) log.warn('config reload skipped (config file not found)')
      return
    }
    const changed = changedPaths(current, loaded.raw)
    const kind = classifyChange(changed)
    current = loaded.raw
    if (kind === 'restart') {
      log.warn(`config change requires gateway restart (${changed.join(', ')})`)
      onRestart(changed)
    } else if (kind === 'reload') {
      log.info(`config change applied (${changed.join(', ')})`)
    }
  }, POLL_MS)
  return () => clearInterval(timer)
}

function tryLoad(paths: StatePaths, log: SubsystemLog): LoadedConfig | undefined {
  try {
    return loadConfig(paths)
  } catch (error) {
    if (!(error instanceof FatalError)) throw error
    log.warn(`config reload skipped (invalid config): ${error.messages.join(' ').replace(/\s+/g, ' ')}`)
    return undefined
  }
}

function fingerprint(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    return systemErrorCode(error) ?? String(error)
  }
}
