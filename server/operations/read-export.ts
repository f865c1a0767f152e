/** The gateway as a file for others: a Quadlet or systemd unit, a script, compose, Kubernetes. */
import type { ExportDocument, ExportFormat } from '../../contract/unit.ts'
import { readEnv } from '../domain/env-file.ts'
import { exportVariables } from '../domain/export-variables.ts'
import { gatewaySpec } from '../domain/gateway-spec.ts'
import { renderExport } from '../domain/render-export.ts'
import { effectiveToken } from '../domain/token.ts'
import type { Host } from '../host/host.ts'
import { imageReference } from './ensure-image.ts'
import { readConfigFile, readEnvFile, requireUser } from './gateway-files.ts'

/**
 * Renders the gateway as the settings describe it now, whether or not its image is there.
 *
 * @param withSecrets false: files that hold variables get placeholders for secrets
 * @throws SETUP_REQUIRED before a first setup; CONFIG_INVALID when razroom.json, which may hold the token, is no JSON5
 */
export async function readExport(
  host: Host,
  format: ExportFormat,
  withSecrets: boolean,
): Promise<ExportDocument> {
  const { user, settings } = await requireUser(host)
  const [facts, envOnDisk, config] = await Promise.all([
    host.readFacts(),
    readEnvFile(host, user),
    readConfigFile(host, user),
  ])
  const env = readEnv(envOnDisk.file)
  const token = effectiveToken(env, config?.config ?? null)?.token ?? null
  const spec = gatewaySpec({
    user,
    settings,
    imageReference: imageReference(settings.image),
    seLinux: facts.selinuxEnforcing,
    init: facts.hasCatatonit,
  })
  return renderExport(format, {
    spec,
    startAtBoot: settings.startAtBoot,
    podmanVersion: facts.podmanVersion,
    variables: exportVariables(env, token, withSecrets),
    withSecrets,
  })
}
