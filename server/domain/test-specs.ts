/** Specs for the tests of renderings: an ordinary one, and ones with what people may put into paths. */
import fc from 'fast-check'
import { defaultSettings } from '../../contract/settings.ts'
import { isMountablePath, isUserName } from './container-grammar.ts'
import { type GatewaySpec, type GatewaySpecInput, gatewaySpec } from './gateway-spec.ts'

export const ordinaryInput: GatewaySpecInput = {
  user: { name: 'razroom', uid: 995, gid: 994, home: '/home/razroom' },
  settings: { ...defaultSettings(), gatewayPort: 18801 },
  imageReference: 'localhost/razroom:bundled',
  seLinux: false,
}

export const ordinarySpec: GatewaySpec = gatewaySpec(ordinaryInput)

const nastyText = fc.string({ unit: fc.constantFrom(...'ab/ .%$"\'\\;#=[]{}~,é\u00a0'), maxLength: 10 })
const nastyPath = nastyText.map((text) => `/x${text}`).filter((path) => isMountablePath(path))
/** What a unit can't hold is refused elsewhere; here are the paths it has to hold. */
const unitPath = nastyPath.filter((path) => !path.endsWith('\\'))

/** Any spec that gatewaySpec lets pass and a unit can hold. */
export const anySpec: fc.Arbitrary<GatewaySpec> = fc
  .record({
    name: nastyText.map((text) => `u${text}`).filter((name) => isUserName(name) && !name.endsWith('\\')),
    home: unitPath,
    configDir: fc.option(unitPath),
    workspaceDir: fc.option(unitPath),
    userns: fc.constantFrom('keep-id' as const, 'auto' as const, 'host' as const),
    address: fc.constantFrom('127.0.0.1', '0.0.0.0', '::1', '::'),
    seLinux: fc.boolean(),
    init: fc.boolean(),
  })
  .map(({ name, home, configDir, workspaceDir, userns, address, seLinux, init }) =>
    gatewaySpec({
      user: { name, uid: 1001, gid: 1002, home },
      settings: { ...defaultSettings(), configDir, workspaceDir, userns, publishAddress: address },
      imageReference: 'localhost/razroom:bundled',
      seLinux,
      init,
    }),
  )
