import type { Readable, Writable } from 'node:stream'
import type { EnvCheck } from '../../contract/env.ts'
import type { Command } from './command.ts'

/** Standard input: a terminal has `isTTY` and can be told not to echo. */
export type CliInput = Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

/** The process around a command, as parameters: the CLI itself reads no global. */
export interface CliIo {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly stdin: CliInput
  /** Standard output is a terminal: colours and a line that counts the seconds. */
  readonly isTty: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Effective uid; everything but help, version and `env check FILE` needs 0. */
  readonly uid: number
  /** This machine has sudo: else a person is root already, and commands are told without it. */
  readonly hasSudo: boolean
  /** Absolute path that relative paths of the command line start from; `/` where that directory is gone. */
  readonly cwd: string
  /** Calls the handler at each Ctrl-C (SIGINT) until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void
}

/** A panel that speaks the contract on a unix socket. */
export interface Connection {
  readonly socketPath: string
  /** False when it runs inside this process because no daemon does: it ends with the command. */
  readonly isDaemon: boolean
  close(): Promise<void>
}

/** What root allows the panel to use. No request says so: the part of the panel that answers them has no rights of its own. */
export interface Allowances {
  list(): Promise<Allowed>
  /**
   * The gateway may run as this user. Errors: USER_UNSUITABLE.
   * @param mayBeMissing allow also one that there is not yet; else nothing is done then
   */
  addUser(name: string, mayBeMissing: boolean): Promise<void>
  removeUser(name: string): Promise<void>
  /** This file or directory may be read for the gateway, or a backup be written there. */
  addPath(path: string): Promise<void>
  removePath(path: string): Promise<void>
}

export interface Allowed {
  /** Named by root, and made by the panel. */
  readonly users: readonly string[]
  readonly made: readonly string[]
  readonly paths: readonly string[]
}

/** What the CLI cannot do as a client of the contract. */
export interface CliServices {
  readonly version: string
  /** Those that this process knows, in the order of the help text: the daemon's knows one. */
  readonly commands: readonly Command[]
  /** The daemon where one runs, else the same panel inside this process. Errors: DAEMON_UNREACHABLE. */
  readonly connect: () => Promise<Connection>
  /**
   * Runs the daemon, or one half of it, in the foreground until it is told to end; resolves with the exit code.
   * Errors: NOT_ROOT, PORT_IN_USE, FRONT_FAILED.
   */
  readonly serve: (options: { readonly port?: number; readonly half?: string }) => Promise<number>
  /** Bytes of a regular file the person named. Errors: NOT_FOUND, FILE_REFUSED, FILE_TOO_LARGE, FILE_DENIED. */
  readonly readInputFile: (path: string) => Promise<Uint8Array>
  /** Writes a new file (0600) the person named. Errors: FILE_EXISTS, NOT_FOUND (its directory), FILE_DENIED. */
  readonly writeOutputFile: (path: string, text: string) => Promise<void>
  /** The onboarding wizard of this user's gateway on this terminal; resolves with its exit code. */
  readonly runWizard: (user: { readonly name: string; readonly home: string }) => Promise<number>
  readonly allowances: Allowances
  /** Whether there is anything at this absolute path. */
  readonly hasPath: (path: string) => Promise<boolean>
  /** Name of the account that this machine knows by a name or by the digits of a uid; null when it knows none. */
  readonly findAccountName: (key: string) => Promise<string | null>
  /** The check behind POST /api/env/check, which needs no machine and no root. */
  readonly checkEnv: (text: string) => EnvCheck | Promise<EnvCheck>
  /**
   * Runs the uninstaller of the installed release with these options; each line it prints for people goes to onLine.
   * Errors: NOT_INSTALLED, UNINSTALL_FAILED.
   */
  readonly uninstall: (options: readonly string[], onLine: (line: string) => void) => Promise<void>
}
