import { basename, dirname, join } from 'node:path'
import { DEFAULT_PANEL_PORT } from '../contract/rules.ts'
import manifest from '../package.json' with { type: 'json' }

/** Where the panel's own things lie (docs/install.md). */
export interface PanelConfig {
  readonly version: string
  /** TCP port of the page on 127.0.0.1. */
  readonly port: number
  readonly stateDir: string
  readonly runDir: string
  /** The control socket, reachable by root only. */
  readonly controlSocket: string
  /** The socket of the half that runs as root, for the front alone; only systemd makes it. */
  readonly hostSocket: string
  /** The built server: main.js and user-agent.js. */
  readonly programDir: string
  /** The built page. */
  readonly webDir: string
  /** Dockerfile, root file system and program of the bundled gateway. */
  readonly bundledDir: string
}

/** The top of the checkout or release: two levels above dist/server, one above the sources. */
function rootOf(directory: string): string {
  const parent = dirname(directory)
  return basename(parent) === 'dist' ? dirname(parent) : parent
}

/** @param port the page's port; 18780 unless given */
export function readPanelConfig(port: number = DEFAULT_PANEL_PORT): PanelConfig {
  const root = rootOf(import.meta.dirname)
  return {
    version: manifest.version,
    port,
    stateDir: '/var/lib/razroom-panel',
    runDir: '/run/razroom-panel',
    controlSocket: '/run/razroom-panel/control.sock',
    hostSocket: '/run/razroom-panel-host.sock',
    programDir: join(root, 'dist/server'),
    webDir: join(root, 'dist/web'),
    bundledDir: root,
  }
}
