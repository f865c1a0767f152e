/** The checks of the doctor that look at the gateway: its unit, image, files, token, and the panel beside it. */
import { checkConfig } from '../domain/config-findings.ts'
import { checkConfigFile, checkEnvFile, checkToken, checkTokenProof } from '../domain/doctor/file-checks.ts'
import {
  checkGateway,
  checkImage,
  checkLaunchScript,
  checkPanel,
  checkPending,
  checkSeLinux,
} from '../domain/doctor/gateway-checks.ts'
import { checkNetworkWait, checkOwner, checkUnit } from '../domain/doctor/unit-checks.ts'
import { readEnv } from '../domain/env-file.ts'
import { checkEnv } from '../domain/env-findings.ts'
import { gatewayAddress, gatewayAuthority } from '../domain/gateway-address.ts'
import { readConfig } from '../domain/razroom-config.ts'
import { launchScript } from '../domain/render-launch-script.ts'
import { shellQuote } from '../domain/shell-quote.ts'
import { effectiveToken } from '../domain/token.ts'
import { tokenFindings } from '../domain/token-findings.ts'
import { CommandError, PanelError } from '../errors.ts'
import { type Check, NO_SYSTEMD, ofPatient, podmanCommand, Skip } from './doctor-checks.ts'
import type { Look, Patient, SeenUnit } from './doctor-look.ts'
import { imageReference } from './ensure-image.ts'
import { ownerUnit, publishedAt } from './gateway-container.ts'
import { readGoBack } from './proven-versions.ts'
import { MAX_SMALL_FILE_BYTES } from './put-file.ts'
import { checkQuadlet, readUnitFile, unitPlace } from './unit-file.ts'

const NO_SERVICE = new Skip('the gateway runs without a unit')
const systemctl = (patient: Patient | null, rest: string): string =>
  `sudo systemctl --machine ${patient?.user.name ?? 'razroom'}@ --user ${rest} ${patient?.settings.containerName ?? 'razroom'}.service`

async function unitVerdict(look: Look, isDryRun: boolean) {
  const unit = await look.unit()
  if (!unit) return NO_SERVICE
  const { file, dropIns, facts } = unit
  const isSuspect = file.state !== 'current' || dropIns.length > 0 || facts?.loadState !== 'loaded'
  const refusal = isDryRun || isSuspect ? await dryRun(look, unit) : null
  const loaded = facts && { ...facts, source: facts.sourcePath || facts.fragmentPath }
  return checkUnit({ ...file, dropIns, loaded, refusal })
}

/** What Quadlet says against the file, or null. */
async function dryRun(look: Look, { file }: SeenUnit): Promise<string | null> {
  const patient = await look.patient()
  if (!patient || file.kind !== 'quadlet' || file.text === null) return null
  try {
    await checkQuadlet(look.host, patient.user, file, file.text)
    return null
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'UNIT_INVALID') throw error
    return error.failure.lastLines.slice(-3).join(' | ')
  }
}

const forService = (run: (look: Look, patient: Patient) => ReturnType<typeof unitVerdict>) =>
  ofPatient(async (look, patient) => (patient.settings.mode === 'quadlet' ? run(look, patient) : NO_SERVICE))

const UNIT_CHECKS: readonly Check[] = [
  {
    id: 'unit',
    title: 'The gateway’s systemd unit',
    // systemctl cat is refused for another user's manager (docs/facts/podman-and-systemd.md).
    looked: () => 'sudo razroom-panel unit',
    run: forService((look) => unitVerdict(look, false)),
  },
  {
    id: 'unit-dry-run',
    title: 'The unit, as Quadlet reads it',
    isSlow: true,
    looked: () => 'QUADLET_UNIT_DIRS=DIRECTORY /usr/libexec/podman/quadlet -user -dryrun',
    run: forService((look) => unitVerdict(look, true)),
  },
  {
    id: 'network-wait',
    title: 'Waiting for the network',
    looked: (patient) => systemctl(patient, 'show --property=After'),
    run: forService(async (look) => {
      const [unit, { podmanVersion }] = await Promise.all([look.unit(), look.facts()])
      if (unit?.file.kind !== 'quadlet' || podmanVersion === null) return NO_SERVICE
      return checkNetworkWait(podmanVersion, await look.unitText())
    }),
  },
  {
    id: 'owner',
    title: 'One owner of the container',
    looked: (patient) =>
      podmanCommand(
        patient,
        `container inspect --format '{{.Config.Labels.PODMAN_SYSTEMD_UNIT}}' ${patient?.settings.containerName ?? 'razroom'}`,
      ),
    run: ofPatient(async (look, { user, settings }) => {
      if (!(await look.facts()).hasSystemd) return NO_SYSTEMD
      const { mode, containerName } = settings
      const places = (['quadlet', 'service'] as const).map((kind) => unitPlace(user, containerName, kind))
      const files = await Promise.all(places.map((place) => readUnitFile(look.host, user, place, null)))
      const container = await look.container()
      const units = files.filter(({ state }) => state !== 'absent').map(({ path }) => path)
      return checkOwner({
        mode,
        containerName,
        owner: container?.running ? ownerUnit(container) : undefined,
        units,
      })
    }),
  },
]

const BROKEN_CONFIG = new Skip('razroom.json cannot be read, which its own check tells')

/** The two files that may hold a token, or null when razroom.json is broken. */
async function readSources(look: Look) {
  const [env, bytes] = await Promise.all([look.env(), look.config()])
  try {
    const config = bytes && readConfig(bytes)
    return { env: env ? readEnv(env.file) : new Map<string, string>(), config }
  } catch (error) {
    if (!(error instanceof PanelError) || error.code !== 'CONFIG_INVALID') throw error
    return null
  }
}

const FILE_CHECKS: readonly Check[] = [
  {
    id: 'env',
    title: 'The variables in .env',
    looked: () => 'sudo razroom-panel env check',
    run: ofPatient(async (look, { paths }) => {
      const env = await look.env()
      return checkEnvFile(paths.envFile, env?.exists === true, env ? checkEnv(env.file) : [])
    }),
  },
  {
    id: 'config',
    title: 'The configuration in razroom.json',
    looked: (patient) =>
      `sudo cat ${shellQuote(patient?.paths.configFile ?? '/home/razroom/.razroom/razroom.json')}`,
    run: ofPatient(async (look, { user, settings, paths }) => {
      const [bytes, env] = await Promise.all([look.config(), look.env().catch(() => null)])
      const origin = `http://${gatewayAuthority(settings.publishAddress, settings.gatewayPort)}`
      const findings = checkConfig(bytes, { env: env ? readEnv(env.file) : null, origin })
      const isBroken = findings.some(({ severity }) => severity === 'error')
      const offers = isBroken ? await readGoBack(look.host, user) : []
      return checkConfigFile(
        paths.configFile,
        findings,
        offers.find(({ file }) => file === 'config'),
      )
    }),
  },
  {
    id: 'token',
    title: 'The gateway’s token in its two files',
    looked: () => 'sudo razroom-panel token show',
    run: ofPatient(async (look) => {
      const sources = await readSources(look)
      if (!sources) return BROKEN_CONFIG
      const { env, config } = sources
      const found = effectiveToken(env, config)
      const source = found?.source === 'config' ? 'razroom.json' : '.env'
      return checkToken(found ? tokenFindings(env, config) : null, source)
    }),
  },
  {
    id: 'token-proof',
    title: 'The token, tried at the running gateway',
    isSlow: true,
    looked: () => 'curl -X POST http://127.0.0.1:PORT/tools/invoke, with the token',
    run: ofPatient(async (look, { user, settings }) => {
      const [sources, container] = await Promise.all([readSources(look), look.container()])
      if (!sources) return BROKEN_CONFIG
      const found = effectiveToken(sources.env, sources.config)
      if (!found || !container?.running) return new Skip('no gateway runs that checks a token')
      const { address, gateway } = publishedAt(container, settings)
      const probe = await look.host.proveGatewayToken(user, gateway, found.token, gatewayAddress(address))
      return checkTokenProof(probe.answered ? probe.status : null)
    }),
  },
]

const OWN_CHECKS: readonly Check[] = [
  {
    id: 'gateway',
    title: 'The gateway, and how it ended last',
    looked: () => 'sudo razroom-panel status',
    run: ofPatient(async (look) => checkGateway(await look.status(), Date.now())),
  },
  {
    id: 'pending',
    title: 'Changes that wait for a restart',
    looked: () => 'sudo razroom-panel status',
    run: ofPatient(async (look) => checkPending(await look.status())),
  },
  {
    id: 'image',
    title: 'The image of the gateway',
    looked: (patient) =>
      podmanCommand(patient, `image inspect ${patient ? imageReference(patient.settings.image) : 'IMAGE'}`),
    run: ofPatient(async (look, { settings }) => {
      const [image, container] = await Promise.all([look.image(), look.container()])
      const runningId = container?.running ? container.imageId : null
      return checkImage({ reference: imageReference(settings.image), image, runningId })
    }),
  },
  {
    id: 'launch-script',
    title: 'The launch script in the user’s home',
    looked: (patient) =>
      `sudo cat ${shellQuote(patient?.paths.launchScript ?? '/home/razroom/run-razroom-podman.sh')}`,
    run: ofPatient(async (look, { user, paths }) => {
      const wanted = await look.wanted()
      if (!wanted) return new Skip('without an image there is none')
      const path = paths.launchScript
      const present = await look.host.readUserFile(user, path, MAX_SMALL_FILE_BYTES)
      const isCurrent = present && new TextDecoder().decode(present.bytes) === launchScript(wanted.spec)
      return checkLaunchScript(path, !present ? 'absent' : isCurrent ? 'current' : 'outdated')
    }),
  },
  {
    id: 'selinux',
    title: 'SELinux and the mounts',
    looked: () => 'getenforce',
    run: ofPatient(async (look) => {
      const [{ selinuxEnforcing }, container] = await Promise.all([look.facts(), look.container()])
      return checkSeLinux(selinuxEnforcing, container && isRelabelled(container.createCommand))
    }),
  },
  {
    id: 'panel',
    title: 'The panel itself',
    looked: () => 'systemctl status razroom-panel razroom-panel-host; razroom-panel --version',
    async run(look) {
      const { hasSystemd } = await look.facts()
      const names = hasSystemd ? PANEL_UNITS : []
      const [installedVersion, ...units] = await Promise.all([
        look.host.readInstalledVersion(),
        ...names.map(async (name) => ({ ...(await look.host.readSystemUnit(name)), name })),
      ])
      return checkPanel({ version: look.version, installedVersion, units })
    },
  },
]

/** The front first (docs/adr/0009-two-halves.md). */
const PANEL_UNITS = [
  'razroom-panel.service',
  'razroom-panel-host.service',
  'razroom-panel.socket',
  'razroom-panel-host.socket',
] as const

/** Every mount of this command line asks for a private label (podman-run(1), --volume); null when it has none. */
function isRelabelled(command: readonly string[]): boolean | null {
  const volumes = command.flatMap((word, index) => {
    const value = /^--volume=(.*)$/s.exec(word)?.[1]
    return value ?? (word === '-v' || word === '--volume' ? (command[index + 1] ?? []) : [])
  })
  return volumes.length === 0 ? null : volumes.every((volume) => /:[^:]*[zZ][^:]*$/.test(volume))
}

export const GATEWAY_CHECKS: readonly Check[] = [
  ...OWN_CHECKS.slice(0, 2),
  ...UNIT_CHECKS,
  ...FILE_CHECKS,
  ...OWN_CHECKS.slice(2),
]
