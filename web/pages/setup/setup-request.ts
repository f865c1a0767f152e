/** What was filled in, as the request that the panel takes. */
import { isAbsolutePath } from '../../../contract/rules.ts'
import type { SetupPlan } from '../../../contract/schemas.ts'
import type { Mode, Settings, SetupRequest, UserNamespace } from '../../../contract/settings.ts'
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
    isExposureConfirmed: false,
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
  const user = /^[a-z_][a-z0-9_-]{0,30}$/.test(form.user.trim())
    ? undefined
    : 'A name has small letters, digits, _ and - only, and begins with a letter or _.'
  const containerName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(form.containerName.trim())
    ? undefined
    : 'A name has letters, digits and _ . - only, and begins with a letter or a digit.'
  const configDir = checkDirectory(form.configDir)
  const workspaceDir = checkDirectory(form.workspaceDir)
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
    ...(configDir === base.configDir ? {} : { configDir }),
    ...(workspaceDir === base.workspaceDir ? {} : { workspaceDir }),
    ...(form.userns === base.userns ? {} : { userns: form.userns }),
  }
}

/** The same setup from a shell. */
export function setupCommand(form: SetupForm, plan: SetupPlan): string {
  const request = toSetupRequest(form, plan)
  const flag = (name: string, value: string | null | undefined): string[] =>
    value === undefined ? [] : [name, value ?? '']
  return shellLine([
    'sudo',
    'razroom-panel',
    'setup',
    `--${form.mode}`,
    ...sourceFlags(toImageSource(form.source)),
    '--gateway-port',
    form.gatewayPort.trim(),
    '--bridge-port',
    form.bridgePort.trim(),
    ...flag('--publish', request.publishAddress),
    ...flag('--user', request.user),
    ...flag('--container-name', request.containerName),
    ...flag('--config-dir', request.configDir),
    ...flag('--workspace-dir', request.workspaceDir),
    ...flag('--userns', request.userns),
  ])
}

function checkDirectory(text: string): string | undefined {
  const path = text.trim()
  return path === '' || isAbsolutePath(path)
    ? undefined
    : 'Give an absolute path, such as /srv/razroom, without "..".'
}
