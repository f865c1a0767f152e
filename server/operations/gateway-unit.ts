/** The steps about the gateway's systemd unit, in either mode. */

import { isSecretVariable } from '../../contract/rules.ts'
import type { Settings } from '../../contract/settings.ts'
import type { UnitStatus, UnitView } from '../../contract/unit.ts'
import { quadletObstacle } from '../domain/quadlet-obstacle.ts'
import { InputError } from '../errors.ts'
import type { Host, UnitFacts, UserAccount } from '../host/host.ts'
import { readWanted, type Wanted } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'
import {
  installUnit,
  listDropIns,
  readUnitFile,
  refuseMasked,
  retireUnit,
  type UnitFile,
  unitKind,
  unitPlace,
} from './unit-file.ts'

/** MODE_UNSUPPORTED where the settings ask for a service that this machine cannot have. */
export async function checkMode(host: Host, { mode }: Pick<Settings, 'mode'>): Promise<void> {
  if (mode !== 'quadlet') return
  const obstacle = quadletObstacle(await host.readFacts())
  if (obstacle !== undefined) throw new InputError('MODE_UNSUPPORTED', { detail: obstacle })
}

/**
 * The step that gives the container one owner: in quadlet mode the unit is there and systemd knows it, in container mode
 * there is none.
 * @param replace overwrite a unit that was made or edited by hand, too; the old file is kept beside it
 */
export function unitStep(host: Host, options: { replace: boolean } = { replace: false }): Step {
  return {
    id: 'systemd-unit',
    title: 'The systemd unit',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const facts = await host.readFacts()
      if (!facts.hasSystemd) {
        context.found('no systemd here: podman alone keeps the container')
        return
      }
      await checkMode(host, settings)
      if (settings.mode === 'container') {
        const done = await retireUnits(host, user, settings, ['quadlet', 'service'])
        if (done.length > 0) context.did(done.join('; '))
        else context.found('none: podman alone keeps the container')
        return
      }
      const { unit } = await readWanted(host)
      context.command(`sudo -u ${user.name} cat ${unit.path}`)
      // After an upgrade of podman the plain unit would come before the one of Quadlet.
      const other = unit.kind === 'quadlet' ? 'service' : 'quadlet'
      const done = await retireUnits(host, user, settings, [other]).catch(async (error: unknown) => {
        await refuseMasked(host, user, unit.name)
        throw error
      })
      await installUnit(
        host,
        user,
        unit,
        { startAtBoot: settings.startAtBoot, ...options },
        {
          ...context,
          did: (text) => context.did([...done, text].join('; ')),
        },
      )
    },
  }
}

async function retireUnits(
  host: Host,
  user: UserAccount,
  { containerName }: Settings,
  kinds: ReadonlyArray<UnitView['kind']>,
): Promise<string[]> {
  const done: string[] = []
  for (const kind of kinds)
    await retireUnit(
      host,
      user,
      await readUnitFile(host, user, unitPlace(user, containerName, kind), null),
      done,
    )
  return done
}

/** Takes away every unit of this container; what was done, in words. */
export function retireAllUnits(host: Host, user: UserAccount, settings: Settings): Promise<string[]> {
  return retireUnits(host, user, settings, ['quadlet', 'service'])
}

/** What the page shows of the unit: as it is, and as it would be. SETUP_REQUIRED before there is a user. */
export async function readUnitView(host: Host): Promise<UnitView> {
  const { user, settings } = await requireUser(host)
  const facts = await host.readFacts()
  const { kind, reason } = unitKind(facts)
  const place = unitPlace(user, settings.containerName, kind)
  const file = await readUnitForView(host, user, settings, place)
  const loaded = facts.hasSystemd ? await host.readUnit(user, place.name) : null
  const shadow = loaded ? shadowOf(loaded, file) : undefined
  return {
    kind,
    ...(reason === undefined ? {} : { kindReason: reason }),
    unitName: file.name,
    path: file.path,
    state: file.state,
    text: file.text === null ? null : maskUnit(file.text),
    wanted: file.wanted,
    dropIns: [...new Set([...(await listDropIns(host, user, file)), ...(loaded?.dropInPaths ?? [])])],
    ...(shadow === undefined ? {} : { shadowedBy: shadow }),
    startsAtBoot: file.text !== null && loaded !== null && startsAtBoot(file, loaded),
  }
}

async function readUnitForView(
  host: Host,
  user: UserAccount,
  settings: Settings,
  place: ReturnType<typeof unitPlace>,
): Promise<UnitFile> {
  const hasImage = await hasWanted(host)
  return hasImage
    ? hasImage.unit
    : readUnitFile(host, user, unitPlace(user, settings.containerName, place.kind), null)
}

/** null while there is no image: then nothing can be rendered yet. */
async function hasWanted(host: Host): Promise<Wanted | null> {
  try {
    return await readWanted(host)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'IMAGE_MISSING') return null
    throw error
  }
}

/** The file that systemd takes instead of ours (podman-systemd.unit(5): the first of a name wins), or undefined. */
export function shadowOf(unit: UnitFacts, file: UnitFile): string | undefined {
  if (unit.loadState !== 'loaded' || file.text === null) return undefined
  const source = unit.sourcePath || unit.fragmentPath
  return source === file.path ? undefined : source
}

function startsAtBoot(file: UnitFile, unit: UnitFacts): boolean {
  if (file.kind === 'service') return unit.unitFileState === 'enabled'
  return /^\s*WantedBy\s*=\s*\S/m.test(file.text ?? '')
}

/** A unit that was written by hand may have secrets in its variables. */
function maskUnit(text: string): string {
  return text.replace(/^(\s*Environment\s*=\s*)(.*)$/gm, (line: string, head: string, rest: string) => {
    const masked = rest.replace(
      /([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|\S*)/g,
      (pair: string, key: string, value: string) =>
        isSecretVariable(key, value.replaceAll('"', '')) ? `${key}=********` : pair,
    )
    return masked === rest ? line : `${head}${masked}`
  })
}

/** For the status: the unit in systemd's words. */
export function unitStatus(name: string, unit: UnitFacts, fileState: UnitStatus['fileState']): UnitStatus {
  const { activeState, subState, restarts } = unit
  return { name, activeState, subState, restarts, fileState }
}
