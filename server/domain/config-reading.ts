/** What the checks of razroom.json work with. */
import type { Finding } from '../../contract/schemas.ts'
import type { Member, Node } from './json5-scanner.ts'
import type { RazroomConfig } from './razroom-config.ts'

/** What decides with razroom.json whether a gateway starts, and who can use it. */
export interface ConfigSurroundings {
  /** The variables of `.env` as podman reads them; null when it cannot be read: then nothing is said of it. */
  readonly env: ReadonlyMap<string, string> | null
  /** Where people open the gateway's page, for example http://127.0.0.1:18789 */
  readonly origin: string
}

export interface ConfigReading extends ConfigSurroundings {
  readonly text: string
  readonly root: Node
  readonly config: RazroomConfig
}

/** A finding before its place is counted in lines, and what would mend it. */
export interface ConfigFinding extends Omit<Finding, 'line' | 'column' | 'fix'> {
  readonly at?: number
  readonly mend?:
    | { readonly label: string; readonly kind: 'new' }
    | {
        readonly label: string
        /** Set the text at this path, or add it to the list there. */
        readonly kind: 'set' | 'add'
        readonly path: readonly string[]
        readonly value: string
      }
}

/** The last member of this path, which is the one that counts; undefined when there is none. */
export function findMember(root: Node, path: readonly string[]): Member | undefined {
  let node: Node = root
  let member: Member | undefined
  for (const key of path) {
    member = node.kind === 'object' ? node.members.findLast((one) => one.key === key) : undefined
    if (!member) return undefined
    node = member.value
  }
  return member
}

/** Where to point for something that may be missing: at it, or at the nearest object around it that is there. */
export function nearestPlace(root: Node, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const member = findMember(root, path.slice(0, length))
    if (member) return member.start
  }
  return root.start
}

/** The value at a path of what was parsed. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  )
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
