import JSON5 from 'json5'
import { readConfigText, saveConfig } from '../config-file.ts'
import { checkConfig, isRecord } from '../config-schema.ts'
import { FatalError } from '../fatal-error.ts'
import { type StatePaths, shortenHome } from '../state-paths.ts'

/**
 * `doctor`: tells whether razroom.json is usable; with `fix` it removes the unknown keys (the former file stays as
 * `.bak`). A file that does not parse, or a wrong value, is for a person to mend.
 * @throws {FatalError} problems are left
 */
export function doctorCommand(paths: StatePaths, fix: boolean): string {
  const file = shortenHome(paths.configPath, paths.home)
  const source = readConfigText(paths)
  if (source === undefined) return `${file}: none. Run the wizard (onboard), or set gateway.mode=local.\n`
  let raw: unknown
  try {
    raw = JSON5.parse(source)
  } catch (error) {
    throw new FatalError(
      [`${file}: JSON5 parse failed: ${String(error)}`, `Mend it by hand or restore ${file}.bak`],
      {
        cause: error,
      },
    )
  }
  const { issues } = checkConfig(raw)
  if (issues.length === 0) return `${file}: valid\n`
  const unknown = issues.filter((issue) => issue.unknownKeys)
  if (!fix || unknown.length < issues.length || !isRecord(raw)) {
    const advice = fix
      ? 'Wrong values must be mended by hand.'
      : 'Run: razroom doctor --fix (removes unknown keys)'
    throw new FatalError([...issues.map((issue) => `${file}: ${issue.path}: ${issue.message}`), advice])
  }
  for (const { path, unknownKeys = [] } of unknown) {
    const holder = path === '<root>' ? raw : path.split('.').reduce<unknown>(stepInto, raw)
    for (const key of unknownKeys) if (isRecord(holder)) delete holder[key]
  }
  saveConfig(paths, raw)
  const removed = unknown.map((issue) => `${issue.path}: ${issue.unknownKeys?.join(', ')}`)
  return `${file}: removed unknown keys\n  ${removed.join('\n  ')}\n`
}

function stepInto(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}
