/** What the doctor's checks need to know, each thing read once however many ask for it, and only when one does. */
import { setTimeout as sleep } from 'node:timers/promises'
import { MAX_CONFIG_BYTES } from '../../contract/config.ts'
import type { Status } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import type { GatewayPaths } from '../domain/gateway-spec.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import type {
  ContainerFacts,
  Host,
  HostFacts,
  ImageFacts,
  OddFile,
  UnitFacts,
  UserAccount,
} from '../host/host.ts'
import { findOtherHolders, readWanted, type Wanted } from './gateway-container.ts'
import { type EnvOnDisk, readEnvFile } from './gateway-files.ts'
import { deriveStatus, feelPulse, type Observation, observe } from './read-status.ts'
import { listDropIns, readUnitFile, type UnitFile, unitKind, unitPlace } from './unit-file.ts'

/** The gateway as the settings have it. */
export interface Patient {
  readonly user: UserAccount
  readonly settings: Settings
  readonly paths: GatewayPaths
}

export interface SeenUnit {
  readonly file: UnitFile
  readonly dropIns: readonly string[]
  /** null where the user's systemd does not answer. */
  readonly facts: UnitFacts | null
}

export interface Look {
  readonly host: Host
  /** Of the panel that looks. */
  readonly version: string
  /** null before a setup, or when the user is gone. */
  patient(): Promise<Patient | null>
  facts(): Promise<HostFacts>
  /** The user's own systemd answers; asked before anything could wake it. */
  hasManager(): Promise<boolean>
  /** @throws what podman says when it cannot be used */
  observation(): Promise<Observation>
  status(): Promise<Status>
  container(): Promise<ContainerFacts | null>
  image(): Promise<ImageFacts | null>
  /** What the container should be; null without an image. */
  wanted(): Promise<Wanted | null>
  /** The unit of this machine's kind. */
  unit(): Promise<SeenUnit | null>
  /** Text of the unit and its drop-ins. */
  unitText(): Promise<string>
  env(): Promise<EnvOnDisk | null>
  config(): Promise<Uint8Array | null>
  oddFiles(depth: number): Promise<readonly OddFile[]>
  holders(): ReturnType<typeof findOtherHolders>
}

const MAX_UNIT_BYTES = 1_048_576
const MORE_LOOKS = 3
const LOOK_PAUSE_MS = 200

export function createLook(host: Host, version: string): Look {
  const patient = once(async (): Promise<Patient | null> => {
    const { settings } = await host.readState()
    const user = settings ? await host.findUser(settings.user) : null
    return settings && user ? { user, settings, paths: gatewayPaths(user, settings) } : null
  })
  /** Answers null before a setup. */
  const of = <T>(read: (patient: Patient) => Promise<T>) =>
    once(async () => {
      const found = await patient()
      return found ? await read(found) : null
    })
  const facts = once(() => host.readFacts())
  const hasManager = once(async () => {
    const found = await patient()
    return found !== null && (await host.hasUserManager(found.user))
  })
  const observation = once(async () => {
    await hasManager()
    return observe(host)
  })
  const container = once(async () => (await observation()).container)
  const image = once(async () => (await observation()).image)
  const wanted = once(async () => {
    const found = await image()
    return found ? readWanted(host, found) : null
  })
  const unit = of((found) => readUnit(look, found))
  const look: Look = {
    host,
    version,
    patient,
    facts,
    hasManager,
    observation,
    status: once(async () => {
      const seen = await observation()
      const pulse = await feelPulse(host, seen)
      return deriveStatus(seen, pulse, pulse.answered, { version, operationId: null })
    }),
    container,
    image,
    wanted,
    unit,
    unitText: once(async () => {
      const [found, seen] = await Promise.all([patient(), unit()])
      if (!found || !seen || seen.file.text === null) return ''
      return [seen.file.text, ...(await readTexts(host, found.user, seen.dropIns))].join('\n')
    }),
    env: of(({ user }) => readEnvFile(host, user)),
    config: of(async ({ user, paths }) => {
      return (await host.readUserFile(user, paths.configFile, MAX_CONFIG_BYTES))?.bytes ?? null
    }),
    async oddFiles(depth) {
      const found = await patient()
      if (!found) return []
      const { configDir, envFile, configFile } = found.paths
      const closed = [configDir, envFile, configFile]
      return host.findOddFiles(found.user, { directory: configDir, depth, closed })
    },
    holders: once(async () => {
      const found = await patient()
      return found ? findSettledHolders(host, found, await container()) : []
    }),
  }
  return look
}

/** A container that is being started has its ports before podman calls it running: its user's are looked at once more. */
async function findSettledHolders(
  host: Host,
  { user, settings }: Patient,
  container: ContainerFacts | null,
): ReturnType<typeof findOtherHolders> {
  let holders = await findOtherHolders(host, settings, container)
  for (let looks = 0; looks < MORE_LOOKS && holders.some(({ uid }) => uid === user.uid); looks += 1) {
    await sleep(LOOK_PAUSE_MS)
    const present = await host.inspectContainer(user, settings.containerName)
    holders = await findOtherHolders(host, settings, present)
  }
  return holders
}

async function readUnit(look: Look, { user, settings }: Patient): Promise<SeenUnit> {
  const { host } = look
  const place = unitPlace(user, settings.containerName, unitKind(await look.facts()).kind)
  const [wanted, hasManager] = await Promise.all([look.wanted(), look.hasManager()])
  const file = wanted?.unit ?? (await readUnitFile(host, user, place, null))
  const [dropIns, facts] = await Promise.all([
    listDropIns(host, user, file),
    hasManager ? readUnitFacts(look, user, file.name) : null,
  ])
  return { file, dropIns, facts }
}

/** As the look at podman has read them already, where it did. */
async function readUnitFacts(look: Look, user: UserAccount, name: string): Promise<UnitFacts> {
  const { unit } = await look.observation()
  return unit && unit.status.name === name ? unit.facts : look.host.readUnit(user, name)
}

async function readTexts(host: Host, user: UserAccount, paths: readonly string[]): Promise<string[]> {
  const files = await Promise.all(paths.map((path) => host.readUserFile(user, path, MAX_UNIT_BYTES)))
  return files.flatMap((file) => (file ? [new TextDecoder().decode(file.bytes)] : []))
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined
  return () => {
    reading ??= read()
    return reading
  }
}
