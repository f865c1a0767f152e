/** What was filled in, as the request that the panel takes. */
import { isAbsolutePath, isPublishablePort, MAX_PORT, MIN_ROOTLESS_PORT } from '../../../contract/rules.ts'
import type { SetupPlan } from '../../../contract/schemas.ts'
import type { SetupRequest } from '../../../contract/settings.ts'

export interface SetupForm {
  readonly source: 'bundled' | 'repo'
  readonly path: string
  readonly gatewayPort: string
  readonly bridgePort: string
}

export type SetupErrors = { readonly [K in 'path' | 'gatewayPort' | 'bridgePort']?: string }

/** The form as it is first shown. */
export function initialForm({ defaults, bundledAvailable }: SetupPlan): SetupForm {
  const isRepo = defaults.image.kind === 'repo'
  return {
    source: isRepo || !bundledAvailable ? 'repo' : 'bundled',
    path: defaults.image.kind === 'repo' ? defaults.image.path : '',
    gatewayPort: String(defaults.gatewayPort),
    bridgePort: String(defaults.bridgePort),
  }
}

/** What is wrong with the form, by field; nothing when it can be sent. */
export function checkForm(form: SetupForm): SetupErrors {
  const gatewayPort = checkPort(form.gatewayPort)
  const bridgePort =
    checkPort(form.bridgePort) ??
    (readPort(form.bridgePort) === readPort(form.gatewayPort)
      ? 'This is the port of the gateway: choose another one.'
      : undefined)
  const path = form.source === 'repo' ? checkPath(form.path.trim()) : undefined
  return {
    ...(path === undefined ? {} : { path }),
    ...(gatewayPort === undefined ? {} : { gatewayPort }),
    ...(bridgePort === undefined ? {} : { bridgePort }),
  }
}

/** The request of a form without errors. */
export function toSetupRequest(form: SetupForm): SetupRequest {
  return {
    mode: 'container',
    image: form.source === 'repo' ? { kind: 'repo', path: form.path.trim() } : { kind: 'bundled' },
    gatewayPort: readPort(form.gatewayPort),
    bridgePort: readPort(form.bridgePort),
  }
}

/** The same setup from a shell. */
export function setupCommand(form: SetupForm): string {
  const image = form.source === 'repo' ? `--repo ${quote(form.path.trim())}` : '--bundled'
  return `sudo razroom-panel setup --container ${image} --gateway-port ${form.gatewayPort.trim()} --bridge-port ${form.bridgePort.trim()}`
}

function readPort(text: string): number {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
}

function checkPort(text: string): string | undefined {
  return isPublishablePort(readPort(text))
    ? undefined
    : `Give a port from ${MIN_ROOTLESS_PORT} to ${MAX_PORT}.`
}

function checkPath(path: string): string | undefined {
  if (path === '') return 'Name the directory that has the Dockerfile.'
  return isAbsolutePath(path) ? undefined : 'Give an absolute path, such as /home/me/razroom, without "..".'
}

/** A word for a POSIX shell (POSIX.1-2017, XCU 2.2.2): as it is when harmless, else in single quotes. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
