import { access } from 'node:fs/promises'

/** Whether there is anything at this path, for root; a link counts as what it leads to (access(2)). */
export function hasPath(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
