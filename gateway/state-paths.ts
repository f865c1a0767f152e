import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where the gateway keeps its files. All paths are absolute. */
export interface StatePaths {
  home: string
  stateDir: string
  configPath: string
  envPath: string
  devicesDir: string
  workspaceDir: string
}

/** An environment as Node hands it out. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds the state directory and the files in it.
 *
 * `RAZROOM_STATE_DIR` beats `$RAZROOM_HOME/.razroom`, which beats `$HOME/.razroom`; `RAZROOM_CONFIG_PATH` moves
 * razroom.json alone. A leading `~` stands for the home directory. Source: docs/facts/razroom-gateway.md.
 */
export function resolveStatePaths(env: Environment): StatePaths {
  const home = resolve(nonEmpty(env.RAZROOM_HOME) ?? nonEmpty(env.HOME) ?? homedir())
  const stateDir = expandHome(nonEmpty(env.RAZROOM_STATE_DIR) ?? join(home, '.razroom'), home)
  return {
    home,
    stateDir,
    configPath: expandHome(nonEmpty(env.RAZROOM_CONFIG_PATH) ?? join(stateDir, 'razroom.json'), home),
    envPath: join(stateDir, '.env'),
    devicesDir: join(stateDir, 'devices'),
    workspaceDir: join(stateDir, 'workspace'),
  }
}

/** Shows a path below the home directory as `~/...`, as the real gateway's messages do. */
export function shortenHome(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

/** The value without surrounding blanks, or undefined when nothing is left of it. */
export function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim()
  return trimmed ? trimmed : undefined
}

function expandHome(path: string, home: string): string {
  if (path === '~') return home
  return resolve(path.startsWith('~/') ? join(home, path.slice(2)) : path)
}
