import type { RestorePreview } from '../../contract/backups.ts'
import type { Operation } from '../../contract/schemas.ts'
import type { TestHost } from '../host/host.ts'
import type { PanelHost } from '../host/panel-host.ts'
import { CONFIG_DIR } from './gateway-container.ts'

export const BACKUPS = '/var/lib/razroom-panel/backups'
export const WORKSPACE = `${CONFIG_DIR}/workspace`

/** Files that backups have trouble with, made by the user of the gateway. */
export const ODD_FILES = `
  umask 077
  cd ${WORKSPACE}
  mkdir -p 'with space/deep' empty
  printf one > 'with space/deep/ü🙂'
  printf two > "quote' and \\"double\\""
  printf three > "$(printf 'new\\nline')"
  printf four > -dash
  printf five > "$(printf 'n%.0s' $(seq 200))"
  printf secret > locked && chmod 400 locked
  printf run > tool && chmod 755 tool
  ln -s ../.env inner
  ln -s /etc/passwd outer
  mkfifo pipe
  head -c 9000000 /dev/urandom > large
  cd ${CONFIG_DIR}
  printf run > tool
  ln -s razroom.json link`

/** Runs a script of a shell in the host. */
export async function shell(host: TestHost, script: string, user = 'root'): Promise<string> {
  return (await host.run(['sh', '-ec', script], { user })).stdout
}

/**
 * Kind, mode, owner, size, target and checksum of everything below the config directory. The gateway's pid file is
 * left out: each start writes its own.
 */
export async function picture(host: TestHost, directory = CONFIG_DIR): Promise<string[]> {
  const found = await shell(
    host,
    `cd ${directory}; find . -mindepth 1 ! -path ./gateway.pid -printf '%P|%y|%m|%U|%s|%l|' -type f -exec sha256sum -z {} \\; -o -printf '\\0'`,
  )
  return (
    found
      .split('\0')
      .filter((line) => line !== '')
      // The size of a directory says nothing of what is in it.
      .map((line) => line.replace(/\|d\|(\d+)\|(\d+)\|\d+\|/, '|d|$1|$2||'))
      .sort()
  )
}

export const restore = (panel: PanelHost, file: string, ...options: string[]): Promise<Operation> =>
  panel.cli<Operation>('restore', file, ...options)
export const preview = (panel: PanelHost, file: string): Promise<RestorePreview> =>
  panel.cli<RestorePreview>('restore', file, '--preview')

/** What a step of an operation saw or did. */
export function stepOf({ steps }: Operation, id: string): Operation['steps'][number] {
  const step = steps.find((candidate) => candidate.id === id)
  if (!step) throw new Error(`no step ${id} among ${steps.map((each) => each.id).join(', ')}`)
  return step
}
