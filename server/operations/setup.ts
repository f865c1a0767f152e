import type { ErrorCode } from '../../contract/error-codes.ts'
import type { Finding } from '../../contract/schemas.ts'
import type { SetupRequest } from '../../contract/settings.ts'
import { SetupError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { adoptingEntry, adoptStep } from './adopt-step.ts'
import { checkImageSource, imageStep } from './ensure-image.ts'
import { checkPorts } from './gateway-container.ts'
import { checkMode } from './gateway-unit.ts'
import { readPreflight } from './preflight.ts'
import type { OperationPlan, Step } from './runner.ts'
import { directoriesStep } from './setup-directories.ts'
import { configFileStep, envFileStep } from './setup-files.ts'
import { keepingFormerImage } from './setup-former-image.ts'
import { containersConfStep } from './setup-podman.ts'
import { decideSettings, gatewaySettings, hasBegun } from './setup-settings.ts'
import { idRangesStep, userManagerStep, userStep } from './setup-user.ts'
import { type FormerSettings, formerOf, puttingSettingsBack } from './setup-way-back.ts'
import { bringUpSteps } from './start-gateway.ts'

/**
 * Everything from a bare machine to a gateway that answers. Each step looks first and changes only what is not yet as
 * it should be, so a second run changes nothing and an interrupted one is taken up where it ended. One that fails before
 * it comes to a gateway that was set up before leaves that one its settings.
 */
export function setupGateway(host: Host, request: SetupRequest): OperationPlan {
  const former: FormerSettings = { settings: null }
  const preparing = [
    preflightStep(host, request, former),
    userStep(host, { createUser: request.createUser === true }),
    idRangesStep(host),
    userManagerStep(host),
    containersConfStep(host),
    directoriesStep(host),
    adoptStep(host),
    envFileStep(host),
    configFileStep(host),
    keepingFormerImage(host, former, imageStep(host)),
  ]
  return {
    kind: 'setup',
    steps: [
      ...preparing.map((step) => puttingSettingsBack(host, former, step)),
      ...bringUpSteps(host, { force: false }),
    ],
  }
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

function preflightStep(host: Host, request: SetupRequest, former: FormerSettings): Step {
  return {
    id: 'preflight',
    title: 'Look at the machine',
    async run(context) {
      const { stored, settings, found, container } = await decideSettings(host, request)
      await checkMode(host, settings)
      await checkImageSource(host, settings.image)
      const ports = await checkPorts(host, settings, container)
      const { facts, findings } = await readPreflight(host, settings, container)
      refuseBlocked(findings)
      const manager = facts.hasSystemd ? 'systemd' : 'no systemd'
      context.found(
        `${facts.os}, podman ${facts.podmanVersion ?? 'missing'}, cgroups ${facts.cgroups}, ${manager}; ports ${ports}`,
      )
      if (JSON.stringify(stored) !== JSON.stringify(settings)) {
        const state = await host.readState()
        const { created } = state
        // What is taken over is changed on the way, and the settings alone know how it was.
        former.settings =
          stored && hasBegun(state) && !found
            ? formerOf(stored, { ...stored, ...gatewaySettings(settings) })
            : null
        const adopting = found ? [adoptingEntry(settings)] : []
        await host.updateState({
          settings: gatewaySettings(settings),
          created: [...new Set([...created, ...adopting])],
        })
        if (stored !== null) context.did('stored the new settings')
      }
    },
  }
}
