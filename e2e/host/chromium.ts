import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostPaths } from './host-record.ts'

/**
 * Writes a script that starts this machine's chromium inside the host's network namespace, for Playwright's
 * `executablePath`. It replaces itself by the browser, so that Playwright's pipes and signals reach it.
 */
export async function writeChromiumScript(paths: HostPaths, hostGroup: string): Promise<string> {
  const script = `#!/bin/sh
echo $$ > '${join(hostGroup, 'cgroup.procs')}' && exec nsenter '--net=${paths.netnsPath}' -- chromium "$@"
`
  await writeFile(paths.chromium, script, { mode: 0o755 })
  return paths.chromium
}
