/** The gateway's unit file: what it is, what it should be, and the way from the one to the other. */
import type { UnitView } from '../../contract/unit.ts'
import type { GatewaySpec } from '../domain/gateway-spec.ts'
import { renderQuadlet } from '../domain/render-quadlet.ts'
import { renderUserUnit } from '../domain/render-user-unit.ts'
import { readSeal } from '../domain/unit-text.ts'
import { SetupError } from '../errors.ts'
import type { Host, HostFacts, QuadletFile, UnitFacts, UserAccount } from '../host/host.ts'
import { ABSENT_ETAG } from './gateway-files.ts'
import type { StepContext } from './runner.ts'

type UnitKind = UnitView['kind']

/** Where a unit of this kind and name lies (podman-systemd.unit(5), systemd.unit(5)). */
export interface UnitPlace {
  readonly kind: UnitKind
  /** As systemctl knows it. */
  readonly name: string
  readonly path: string
  readonly dropInDir: string
}

export interface UnitFile extends UnitPlace {
  readonly state: UnitView['state']
  readonly etag: string
  readonly text: string | null
  /** null without an image to render it for. */
  readonly wanted: string | null
}

const MAX_UNIT_BYTES = 1_048_576
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

export function unitPlace(user: Pick<UserAccount, 'home'>, containerName: string, kind: UnitKind): UnitPlace {
  const name = `${containerName}.service`
  const [directory, file] =
    kind === 'quadlet'
      ? [`${user.home}/.config/containers/systemd`, `${containerName}.container`]
      : [`${user.home}/.config/systemd/user`, name]
  return { kind, name, path: `${directory}/${file}`, dropInDir: `${directory}/${file}.d` }
}

/** Quadlet where podman has it, else a plain unit (docs/facts/podman-and-systemd.md). */
export function unitKind(facts: Pick<HostFacts, 'hasQuadlet' | 'podmanVersion'>): {
  kind: UnitKind
  reason?: string
} {
  if (facts.hasQuadlet) return { kind: 'quadlet' }
  const reason = `podman ${facts.podmanVersion ?? ''} has no Quadlet, which came with 4.4: a plain systemd unit does the same`
  return { kind: 'service', reason }
}

/** @param spec null when there is no image yet, so nothing to render */
export async function readUnitFile(
  host: Host,
  user: UserAccount,
  place: UnitPlace,
  wantedText: string | null,
): Promise<UnitFile> {
  const found = await host.readUserFile(user, place.path, MAX_UNIT_BYTES)
  const text = found ? new TextDecoder().decode(found.bytes) : null
  const etag = found?.etag ?? ABSENT_ETAG
  return { ...place, etag, text, wanted: wantedText, state: stateOf(text, wantedText) }
}

function stateOf(text: string | null, wanted: string | null): UnitView['state'] {
  if (text === null) return 'absent'
  const seal = readSeal(text)
  if (seal !== 'ours') return seal
  return text === wanted ? 'current' : 'outdated'
}

/** The unit as this machine's podman wants it. */
export function renderUnit(
  spec: GatewaySpec,
  kind: UnitKind,
  options: { podmanVersion: string | null; startAtBoot: boolean },
): string {
  const { podmanVersion, startAtBoot } = options
  if (kind === 'service') return renderUserUnit(spec, { startAtBoot })
  return renderQuadlet(spec, { podmanVersion: podmanVersion ?? '', startAtBoot })
}

/** Paths of the drop-ins of the unit, which are their author's alone. */
export async function listDropIns(host: Host, user: UserAccount, place: UnitPlace): Promise<string[]> {
  const names = await host.listUserDirectory(user, place.dropInDir)
  return names.filter((name) => name.endsWith('.conf')).map((name) => `${place.dropInDir}/${name}`)
}

/**
 * Lets Quadlet read the unit together with its drop-ins: one key that it does not know, and there would be no unit at
 * all, without a word. UNIT_INVALID with its message.
 */
export async function checkQuadlet(
  host: Host,
  user: UserAccount,
  file: UnitPlace,
  text: string,
): Promise<void> {
  if (file.kind !== 'quadlet') return
  const base = file.path.slice(file.path.lastIndexOf('/') + 1)
  const files: QuadletFile[] = [{ name: base, text }]
  for (const path of await listDropIns(host, user, file)) {
    const found = await host.readUserFile(user, path, MAX_UNIT_BYTES)
    const name = `${base}.d/${path.slice(path.lastIndexOf('/') + 1)}`
    if (found) files.push({ name, text: new TextDecoder().decode(found.bytes) })
  }
  await host.dryRunQuadlet(user, files)
}

/**
 * Puts the unit in place where it is missing or the panel's own of before; one that was edited or made by somebody else
 * stays as it is. Then systemd has read it.
 * @param replace overwrite that one too; the old file is kept beside it
 */
export async function installUnit(
  host: Host,
  user: UserAccount,
  file: UnitFile,
  options: { startAtBoot: boolean; replace: boolean },
  context: StepContext,
): Promise<void> {
  const isByHand = file.state === 'edited' || file.state === 'foreign'
  const keeps = file.state === 'current' || (isByHand && !options.replace)
  if (isByHand && !options.replace)
    context.found(
      `${file.path} was ${file.state === 'edited' ? 'edited' : 'written'} by hand: it is used as it is`,
    )
  else
    context.found(
      file.state === 'current' ? `${file.path} is as it should be` : `${file.path} is ${file.state}`,
    )
  if (file.wanted === null) throw new SetupError('IMAGE_MISSING')
  await checkQuadlet(host, user, file, keeps ? (file.text ?? '') : file.wanted)
  const done: string[] = []
  if (!keeps) {
    if (isByHand) done.push(`kept the old file as ${await setAside(host, user, file.path)}`)
    await host.ensureUserDirectory(user, file.path.slice(0, file.path.lastIndexOf('/')), DIRECTORY_MODE)
    const expectedEtag = isByHand ? ABSENT_ETAG : file.etag
    const bytes = new TextEncoder().encode(file.wanted)
    await host.writeUserFile(user, { path: file.path, bytes, mode: FILE_MODE, expectedEtag })
    done.push(`wrote ${file.path}`)
  }
  // Always: systemd does not notice a new drop-in of a unit that is generated.
  await host.reloadUnits(user)
  if (file.kind === 'service') await alignBoot(host, user, file, options.startAtBoot, done)
  if (done.length > 0) context.did(done.join('; '))
  await requireLoaded(host, user, file)
}

/** Links of a plain unit; one that Quadlet generates has its own by its [Install] section. */
async function alignBoot(
  host: Host,
  user: UserAccount,
  { name }: UnitPlace,
  startAtBoot: boolean,
  done: string[],
): Promise<void> {
  const isEnabled = (await host.readUnit(user, name)).unitFileState === 'enabled'
  if (isEnabled === startAtBoot) return
  if (startAtBoot) await host.enableUnit(user, name)
  else await host.disableUnit(user, name)
  done.push(startAtBoot ? 'it starts at boot' : 'it does not start at boot')
}

/**
 * A unit that was masked is not started by anybody, and the link that masks it is no file to be read.
 * Errors: UNIT_INVALID with the command that ends it.
 */
export async function refuseMasked(
  host: Host,
  user: UserAccount,
  name: string,
  known?: UnitFacts,
): Promise<void> {
  const { loadState, fragmentPath } = known ?? (await host.readUnit(user, name))
  if (loadState !== 'masked') return
  const runtime = fragmentPath.startsWith('/run/') ? ['--runtime'] : []
  const command = host.describeSystemctl(user, ['unmask', ...runtime, name])
  throw new SetupError('UNIT_INVALID', { detail: `${name} is masked; to end that: ${command}`, command })
}

async function requireLoaded(host: Host, user: UserAccount, { name, path }: UnitPlace): Promise<void> {
  const unit = await host.readUnit(user, name)
  await refuseMasked(host, user, name, unit)
  const source = unit.sourcePath || unit.fragmentPath
  if (unit.loadState === 'loaded' && source !== path) {
    throw new SetupError('UNIT_INVALID', {
      detail: `systemd takes ${source} instead of ${path}: move that file away, or let it be the gateway's unit alone`,
      command: host.describeSystemctl(user, ['status', name]),
    })
  }
  if (unit.loadState === 'loaded') return
  throw new SetupError('UNIT_INVALID', {
    detail: `${path} is there, but systemd says of ${name}: ${unit.loadState}`,
    command: host.describeSystemctl(user, ['status', name]),
  })
}

/** Stops the unit and takes its file away: the panel's own is removed, one that was made by hand is set aside. */
export async function retireUnit(
  host: Host,
  user: UserAccount,
  file: UnitFile,
  done: string[],
): Promise<void> {
  if (file.state === 'absent') return
  await host.stopUnit(user, file.name)
  done.push(`stopped ${file.name}`)
  if (file.kind === 'service' && (await host.readUnit(user, file.name)).unitFileState === 'enabled')
    await host.disableUnit(user, file.name)
  if (file.state === 'edited' || file.state === 'foreign') {
    done.push(`moved ${file.path} to ${await setAside(host, user, file.path)}`)
  } else {
    await host.removeUserFile(user, file.path)
    done.push(`removed ${file.path}`)
  }
  await host.reloadUnits(user)
  await host.resetUnit(user, file.name)
}

/** Beside itself, under a name that neither Quadlet nor systemd reads. */
async function setAside(host: Host, user: UserAccount, path: string): Promise<string> {
  const aside = `${path}.saved-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`
  await host.renameUserFile(user, path, aside)
  return aside
}
