import { defaultSettings } from '../contract/settings.ts'
import type { PanelConfig } from './config.ts'
import { gatewayPaths } from './domain/gateway-spec.ts'
import { createHost } from './host/create-host.ts'
import type { Host } from './host/host.ts'
import type { Admission } from './host/split/admission.ts'
import type { Redactor } from './redact.ts'

/**
 * The machine by this process itself, which must be root's.
 * @param admission says what is read with root's rights of the paths that somebody names
 */
export function openHost(config: PanelConfig, admission: Admission, redact?: Redactor): Promise<Host> {
  const { stateDir, runDir, programDir, bundledDir } = config
  return createHost({
    stateDir,
    runDir,
    programDir,
    bundledDir,
    panelVersion: config.version,
    findReader: admission.findReader,
    podmanTraces: (user) => gatewayPaths(user, defaultSettings()),
    ...(redact === undefined ? {} : { redact }),
  })
}
