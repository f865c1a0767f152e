/** What the settings page shows, as last read from the panel. */
import type { BackupEntry } from '../../contract/backups.ts'
import type { ImageList, RegistryLogin } from '../../contract/images.ts'
import type { Login } from '../../contract/login-endpoints.ts'
import type { SetupPlan } from '../../contract/schemas.ts'
import type { Settings } from '../../contract/settings.ts'
import type { UnitView } from '../../contract/unit.ts'
import { createRemote } from './remote.ts'

export const settings = createRemote<Settings>()
/** The machine as setup sees it: which ways of running there are here. */
export const setupPlan = createRemote<SetupPlan>()
export const unit = createRemote<UnitView>()
export const images = createRemote<ImageList>()
export const registryLogins = createRemote<readonly RegistryLogin[]>()
export const logins = createRemote<readonly Login[]>()
export const backups = createRemote<readonly BackupEntry[]>()
