import type { ErrorCode } from '../../contract/error-codes.ts'
import type { Finding } from '../../contract/schemas.ts'
import type { Settings, SetupRequest } from '../../contract/settings.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { planIdRanges } from '../domain/subids.ts'
import { InputError, SetupError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { imageStep } from './ensure-image.ts'
import { checkPorts, holdsPorts, startStep } from './gateway-container.ts'
import { readPreflight } from './preflight.ts'
import type { OperationPlan, Step } from './runner.ts'
import {
  configFileStep,
  containersConfStep,
  directoriesStep,
  envFileStep,
  launchScriptStep,
} from './setup-files.ts'
import { healthyStep } from './wait-until-healthy.ts'

/**
 * Everything from a bare machine to a gateway that answers. Each step looks first and changes only what is not yet as
 * it should be, so a second run changes nothing and an interrupted one is taken up where it ended.
 */
export function setupGateway(host: Host, request: SetupRequest): OperationPlan {
  return {
    kind: 'setup',
    steps: [
      preflightStep(host, request),
      userStep(host),
      idRangesStep(host),
      userManagerStep(host),
      containersConfStep(host),
      directoriesStep(host),
      envFileStep(host),
      configFileStep(host),
      imageStep(host),
      launchScriptStep(host),
      startStep(host, { force: false }),
      healthyStep(host),
    ],
  }
}

/** The stored settings with the request's values in their place. */
export function requestedSettings(stored: Settings | null, request: SetupRequest): Settings {
  const base = stored ?? defaultSettings()
  return {
    ...base,
    mode: request.mode ?? base.mode,
    image: request.image ?? base.image,
    gatewayPort: request.gatewayPort ?? base.gatewayPort,
    bridgePort: request.bridgePort ?? base.bridgePort,
  }
}

async function requireAccount(host: Host): Promise<UserAccount> {
  const name = (await host.readState()).settings?.user ?? defaultSettings().user
  const user = await host.findUser(name)
  if (!user) throw new SetupError('SETUP_REQUIRED', { detail: `there is no user ${name}` })
  return user
}

async function remember(host: Host, created: string): Promise<void> {
  const state = await host.readState()
  if (!state.created.includes(created)) await host.updateState({ created: [...state.created, created] })
}

/** The error code of a preflight finding that stops setup. */
const BLOCKING_CODES: Readonly<Record<string, ErrorCode>> = {
  'machine.platform': 'PLATFORM_UNSUPPORTED',
  'machine.disk': 'DISK_FULL',
  'podman.missing': 'PODMAN_MISSING',
  'podman.too-old': 'PODMAN_TOO_OLD',
  'podman.runtime': 'RUNTIME_MISSING',
}

function refuseBlocked(findings: readonly Finding[]): void {
  const blocking = findings.find((finding) => finding.severity === 'error')
  if (!blocking) return
  const { id, title, evidence, hint = '' } = blocking
  throw new SetupError(BLOCKING_CODES[id] ?? 'PODMAN_UNUSABLE', {
    detail: `${title}: ${evidence} ${hint}`.trim(),
  })
}

function preflightStep(host: Host, request: SetupRequest): Step {
  return {
    id: 'preflight',
    title: 'Look at the machine',
    async run(context) {
      const { settings: stored } = await host.readState()
      const settings = requestedSettings(stored, request)
      if (settings.mode !== 'container') {
        throw new InputError('MODE_UNSUPPORTED', {
          detail: `mode ${settings.mode} comes with a later version`,
        })
      }
      if (settings.image.kind === 'bundled' || settings.image.kind === 'repo')
        await host.fingerprintSource(settings.image)
      const user = await host.findUser(settings.user)
      const container = user ? await host.inspectContainer(user, settings.containerName) : null
      const own = stored !== null && holdsPorts(container, stored)
      const isSamePorts =
        own && stored.gatewayPort === settings.gatewayPort && stored.bridgePort === settings.bridgePort
      const ports = await checkPorts(host, settings, isSamePorts)
      const { facts, findings } = await readPreflight(host, settings, own)
      refuseBlocked(findings)
      const manager = facts.hasSystemd ? 'systemd' : 'no systemd'
      context.found(
        `${facts.os}, podman ${facts.podmanVersion ?? 'missing'}, cgroups ${facts.cgroups}, ${manager}; ports ${ports}`,
      )
      if (JSON.stringify(stored) !== JSON.stringify(settings)) {
        await host.updateState({ settings })
        if (stored !== null) context.did('stored the new settings')
      }
    },
  }
}

function userStep(host: Host): Step {
  return {
    id: 'create-user',
    title: 'The user of the gateway',
    async run(context) {
      const { settings } = await host.readState()
      const name = settings?.user ?? defaultSettings().user
      context.command(`sudo useradd --system --create-home --shell /usr/sbin/nologin ${name}`)
      const existing = await host.findUser(name)
      if (existing) {
        if (existing.uid === 0) throw new SetupError('USER_UNSUITABLE', { detail: `${name} is root` })
        context.found(`${name} exists (uid ${existing.uid}, home ${existing.home})`)
        return
      }
      const user = await host.createUser(name)
      await remember(host, `user:${name}`)
      await remember(host, `home:${user.home}`)
      context.did(`created ${name} (uid ${user.uid}, home ${user.home}, no login shell)`)
    },
  }
}

function idRangesStep(host: Host): Step {
  return {
    id: 'id-ranges',
    title: 'Subordinate ids for rootless containers',
    async run(context) {
      const user = await requireAccount(host)
      const [subuid, subgid] = await Promise.all([host.readIdRanges('subuid'), host.readIdRanges('subgid')])
      const plan = planIdRanges(user.name, [...subuid], [...subgid])
      const show = (range: { start: number; count: number }) =>
        `${range.start}-${range.start + range.count - 1}`
      if (!plan.subuid && !plan.subgid) {
        context.command(`grep ^${user.name}: /etc/subuid /etc/subgid`)
        const own = subuid.filter((range) => range.owner === user.name)
        context.found(`${user.name} has ${own.map(show).join(', ')}`)
        return
      }
      const flags = [
        ...(plan.subuid ? [`--add-subuids ${show(plan.subuid)}`] : []),
        ...(plan.subgid ? [`--add-subgids ${show(plan.subgid)}`] : []),
      ]
      context.command(`sudo usermod ${flags.join(' ')} ${user.name}`)
      await host.addIdRanges(user.name, plan.subuid, plan.subgid)
      for (const [kind, range] of [
        ['subuid', plan.subuid],
        ['subgid', plan.subgid],
      ] as const) {
        if (range) await remember(host, `${kind}:${user.name}:${range.start}:${range.count}`)
      }
      context.did(`added ${flags.join(' and ').replaceAll('--add-', '')}`)
    },
  }
}

function userManagerStep(host: Host): Step {
  return {
    id: 'user-manager',
    title: 'Keep the user’s services running without a login',
    async run(context) {
      const facts = await host.readFacts()
      if (!facts.hasSystemd) {
        context.found('systemd is not PID 1 here; the container runs without a user manager')
        return
      }
      const user = await requireAccount(host)
      context.command(`sudo loginctl enable-linger ${user.name}`)
      const hadLinger = await host.hasLinger(user)
      if (hadLinger) context.found('linger is on')
      else {
        await host.enableLinger(user)
        await remember(host, `linger:${user.name}`)
        context.did('turned linger on')
      }
      await host.ensureUserManager(user)
    },
  }
}
