/** Where a container's lines go, and how they come into the gateway's log file. */

/** What podman tells of a container's log. */
export interface ContainerLog {
  readonly logDriver: string
  readonly logPath: string
}

/**
 * `own`: it writes the file itself. `file`: another file of the same form, whose name is put beside. `journal`: the
 * journal of systemd. `nowhere`: nothing can be read again.
 */
export type LogSource =
  | { readonly kind: 'own' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'journal' }
  | { readonly kind: 'nowhere'; readonly driver: string }

/** podman-run(1), --log-driver: json-file is k8s-file, and a unit takes the output of passthrough itself. */
const FILE_DRIVERS = new Set(['k8s-file', 'json-file'])
const JOURNAL_DRIVERS = new Set(['journald', 'passthrough'])

/** @param ownPath the gateway's log file */
export function logSourceOf({ logDriver, logPath }: ContainerLog, ownPath: string): LogSource {
  if (JOURNAL_DRIVERS.has(logDriver)) return { kind: 'journal' }
  if (!FILE_DRIVERS.has(logDriver) || logPath === '') return { kind: 'nowhere', driver: logDriver }
  return logPath === ownPath ? { kind: 'own' } : { kind: 'file', path: logPath }
}
