/** What was filled in, as the request that the panel takes. */
import type { SetupPlan } from '../../../contract/schemas.ts'
import type { Mode, Settings, SetupRequest, UserNamespace } from '../../../contract/settings.ts'
import { isContainerName } from '../../../server/domain/container-grammar.ts'
import { directoryObstacle, pairObstacle } from '../../../server/domain/directory-rules.ts'
import { checkPorts, isExposed, type PortsErrors, type PortsForm, readPort } from '../../state/ports-form.ts'
import { shellLine } from '../../state/shell-line.ts'
import {
  checkSource,
  type SourceErrors,
  type SourceForm,
  sourceFlags,
  sourceForm,
  toImageSource,
} from '../../state/source-form.ts'

export interface SetupForm extends PortsForm {
  readonly source: SourceForm
  readonly mode: Mode
  readonly startAtBoot: boolean
  readonly user: string
  readonly createUser: boolean
  readonly containerName: string
  /** Empty: where Razroom puts it. */
  readonly configDir: string
  readonly workspaceDir: string
  readonly userns: UserNamespace
}

type PlaceErrors = {
  readonly [K in 'user' | 'containerName' | 'configDir' | 'workspaceDir']?: string
}
export type SetupErrors = SourceErrors & PortsErrors & PlaceErrors

/** As the contract has it. */
const USER_NAME = /^[a-z_][a-z0-9_-]{0,30}$/

/** The user that setup makes by itself. */
export const OWN_USER = 'razroom'

/** What a setup that says nothing would take: what is set up, what was found here, or the defaults. */
export function setupBaseline({ defaults, adoption }: SetupPlan): Settings {
  return { ...defaults, ...adoption?.settings }
}

/** The form as it is first shown. */
export function initialForm(plan: SetupPlan): SetupForm {
  const base = setupBaseline(plan)
  return {
    source: sourceForm(base.image, plan.bundledAvailable),
    mode: plan.quadletObstacle === undefined ? base.mode : 'container',
    startAtBoot: base.startAtBoot,
    gatewayPort: String(base.gatewayPort),
    bridgePort: String(base.bridgePort),
    publishAddress: base.publishAddress,
    // What is reachable already has been confirmed before, or is taken over as it is.
    isExposureConfirmed: isExposed(base.publishAddress),
    user: base.user,
    createUser: false,
    containerName: base.containerName,
    configDir: base.configDir ?? '',
    workspaceDir: base.workspaceDir ?? '',
    userns: base.userns,
  }
}

/** What is wrong with the form, by field; nothing when it can be sent. */
export function checkForm(form: SetupForm): SetupErrors {
  const user = USER_NAME.test(form.user.trim())
    ? undefined
    : 'A name has small letters, digits, _ and - only, and begins with a letter or _.'
  const containerName = isContainerName(form.containerName.trim())
    ? undefined
    : 'A name has letters, digits and _ . - only, and begins with a letter or a digit.'
  const configDir = checkDirectory(form.configDir)
  const workspaceDir = checkDirectory(form.workspaceDir) ?? checkPair(form)
  return {
    ...checkSource(form.source),
    ...checkPorts(form),
    ...(user === undefined ? {} : { user }),
    ...(containerName === undefined ? {} : { containerName }),
    ...(configDir === undefined ? {} : { configDir }),
    ...(workspaceDir === undefined ? {} : { workspaceDir }),
  }
}

/** True when something is other than usual among what most people never look at. */
export function isUnusual(form: SetupForm): boolean {
  return (
    isExposed(form.publishAddress) ||
    form.user !== OWN_USER ||
    form.containerName !== 'razroom' ||
    form.configDir !== '' ||
    form.workspaceDir !== '' ||
    form.userns !== 'keep-id'
  )
}

/** True when something is wrong there. */
export function hasAdvancedError(errors: SetupErrors): boolean {
  const { publishAddress, isExposureConfirmed, user, containerName, configDir, workspaceDir } = errors
  return [publishAddress, isExposureConfirmed, user, containerName, configDir, workspaceDir].some(
    (error) => error !== undefined,
  )
}

/** The request of a form without errors. Of what most people leave alone it names what differs from the plan. */
export function toSetupRequest(form: SetupForm, plan: SetupPlan): SetupRequest {
  const base = setupBaseline(plan)
  const address = form.publishAddress.trim()
  const user = form.user.trim()
  const containerName = form.containerName.trim()
  const configDir = form.configDir.trim() || null
  const workspaceDir = form.workspaceDir.trim() || null
  // Another user begins with directories of its own.
  const former = user === base.user ? base : { configDir: null, workspaceDir: null }
  return {
    mode: form.mode,
    ...(form.startAtBoot === base.startAtBoot ? {} : { startAtBoot: form.startAtBoot }),
    image: toImageSource(form.source),
    gatewayPort: readPort(form.gatewayPort),
    bridgePort: readPort(form.bridgePort),
    ...(address === base.publishAddress ? {} : { publishAddress: address }),
    ...(isExposed(address) ? { confirmExposure: form.isExposureConfirmed } : {}),
    ...(user === base.user ? {} : { user }),
    ...(form.createUser && user !== OWN_USER ? { createUser: true } : {}),
    ...(containerName === base.containerName ? {} : { containerName }),
    ...(configDir === former.configDir ? {} : { configDir }),
    ...(workspaceDir === former.workspaceDir ? {} : { workspaceDir }),
    ...(form.userns === base.userns ? {} : { userns: form.userns }),
  }
}

/** The same setup from a shell. */
export function setupCommand(form: SetupForm, plan: SetupPlan): string {
  const request = toSetupRequest(form, plan)
  const user = form.user.trim()
  const flag = (name: string, value: string | null | undefined): string[] =>
    value === undefined || value === null ? [] : [name, value]
  const command = shellLine([
    'sudo',
    // The one way to have a user made by a command: as a setting of the environment, as Razroom's scripts have it.
    ...(request.createUser ? [`RAZROOM_PODMAN_USER=${user}`] : []),
    'razroom-panel',
    'setup',
    `--${form.mode}`,
    ...(request.startAtBoot === undefined
      ? []
      : [request.startAtBoot ? '--start-at-boot' : '--no-start-at-boot']),
    ...sourceFlags(toImageSource(form.source)),
    '--gateway-port',
    form.gatewayPort.trim(),
    '--bridge-port',
    form.bridgePort.trim(),
    ...flag('--publish', request.publishAddress),
    ...(request.createUser ? [] : flag('--user', request.user)),
    ...flag('--container-name', request.containerName),
    ...flag('--config-dir', request.configDir),
    ...flag('--workspace-dir', request.workspaceDir),
    ...flag('--userns', request.userns),
  ])
  return `${command}${ownDirectories(request, form)}`
}

/** The directories that Razroom itself would take, by their names: no flag says "where it was at first". */
function ownDirectories(request: SetupRequest, form: SetupForm): string {
  const user = form.user.trim()
  const chosen = form.configDir.trim()
  // The tilde must stay without quotes for the shell to read it (POSIX.1-2017, XCU 2.6.1).
  const config = chosen === '' && USER_NAME.test(user) ? `~${user}/.razroom` : shellLine([chosen])
  const configFlag = request.configDir === null ? ` --config-dir ${config}` : ''
  return request.workspaceDir === null ? `${configFlag} --workspace-dir ${config}/workspace` : configFlag
}

function checkDirectory(text: string): string | undefined {
  const path = text.trim()
  if (path === '') return undefined
  return inWords(directoryObstacle(path, null))
}

function checkPair({ configDir, workspaceDir }: SetupForm): string | undefined {
  const [config, workspace] = [configDir.trim(), workspaceDir.trim()]
  if (config === '' || workspace === '') return undefined
  return inWords(pairObstacle(config, workspace))
}

/** A reason of the panel as a sentence. */
function inWords(obstacle: string | null): string | undefined {
  return obstacle === null ? undefined : `${obstacle.charAt(0).toUpperCase()}${obstacle.slice(1)}.`
}
