/** The checks of razroom.json that tell whether a gateway starts with it, and whether its page can be used. */
import { type ConfigFinding, type ConfigReading, isRecord, nearestPlace, valueAt } from './config-reading.ts'
import { CONTAINER_PORTS } from './gateway-spec.ts'

const ORIGINS = ['gateway', 'controlUi', 'allowedOrigins']

/** Mode, address, port and the gateway's own page. */
export function checkGateway(reading: ConfigReading): ConfigFinding[] {
  const kinds = checkKinds(reading)
  // Nothing below can be said, or mended, of what is not there.
  if (kinds.length > 0) return kinds
  return [
    ...checkMode(reading),
    ...checkBind(reading),
    ...checkPort(reading),
    ...checkOrigins(reading),
    ...checkInsecure(reading),
  ]
}

function checkKinds({ root, config }: ConfigReading): ConfigFinding[] {
  return [['gateway'], ['gateway', 'auth'], ['gateway', 'controlUi']].flatMap((path): ConfigFinding[] => {
    const value = valueAt(config.raw, path)
    if (value === undefined || isRecord(value)) return []
    return [
      {
        id: 'config.section',
        severity: 'error',
        title: `${path.join('.')} is not an object`,
        evidence: 'the gateway refuses the file, and does not start',
        hint: `Write "${path.at(-1)}": { ... }.`,
        at: nearestPlace(root, path),
      },
    ]
  })
}

function checkMode({ root, config }: ConfigReading): ConfigFinding[] {
  if (config.mode === 'local') return []
  return [
    {
      id: 'config.mode',
      severity: 'error',
      title: 'gateway.mode is not "local"',
      evidence: `the gateway does not start: its mode is ${config.mode === undefined ? 'not set' : 'another one'}`,
      hint: 'Set gateway.mode to "local".',
      at: nearestPlace(root, ['gateway', 'mode']),
      mend: { label: 'Set it to "local"', kind: 'set', path: ['gateway', 'mode'], value: 'local' },
    },
  ]
}

function checkBind({ root, config }: ConfigReading): ConfigFinding[] {
  if (config.bind === undefined || config.bind === 'lan') return []
  return [
    {
      id: 'config.bind',
      severity: 'info',
      title: 'gateway.bind does not count here',
      evidence:
        'the panel starts the gateway with --bind lan, which outranks it; the wizard writes "loopback"',
      hint: 'It can stay. Who reaches the gateway is decided by the address its ports are published at.',
      at: nearestPlace(root, ['gateway', 'bind']),
    },
  ]
}

function checkPort({ root, config }: ConfigReading): ConfigFinding[] {
  const path = ['gateway', 'port']
  const port = valueAt(config.raw, path)
  if (port === undefined || port === CONTAINER_PORTS.gateway) return []
  const at = nearestPlace(root, path)
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return [
      {
        id: 'config.port-invalid',
        severity: 'error',
        title: 'gateway.port is no port',
        evidence: 'the gateway refuses the file, and does not start',
        hint: `Remove it, or write ${CONTAINER_PORTS.gateway}.`,
        at,
      },
    ]
  }
  return [
    {
      id: 'config.port',
      severity: 'info',
      title: 'gateway.port does not count here',
      evidence: `the panel starts the gateway with --port ${CONTAINER_PORTS.gateway}, inside its container`,
      hint: 'The port on this machine is a setting of the panel.',
      at,
    },
  ]
}

function checkOrigins({ root, config, origin }: ConfigReading): ConfigFinding[] {
  const origins = valueAt(config.raw, ORIGINS)
  if (!Array.isArray(origins) || origins.length === 0) return []
  const isListed = origins.some((one) => one === '*' || originOf(one) === originOf(origin))
  if (isListed) return []
  return [
    {
      id: 'config.origin',
      severity: 'warning',
      title: 'The gateway’s own address is not among its allowed origins',
      evidence: `gateway.controlUi.allowedOrigins is set, and does not have ${origin}: its page may be refused there`,
      hint: `Add ${origin} to the list, or remove the list.`,
      at: nearestPlace(root, ORIGINS),
      mend: { label: `Add ${origin}`, kind: 'add', path: ORIGINS, value: origin },
    },
  ]
}

function originOf(value: unknown): string | null {
  return typeof value === 'string' && URL.canParse(value) ? new URL(value).origin : null
}

/** Of many such settings so many are told. */
const MAX_INSECURE = 20

function checkInsecure({ root, config }: ConfigReading): ConfigFinding[] {
  const controlUi = valueAt(config.raw, ['gateway', 'controlUi'])
  if (!isRecord(controlUi)) return []
  return (
    Object.keys(controlUi)
      .filter((key) => /^(?:allowInsecure|dangerously)/.test(key) && controlUi[key] === true)
      // A hostile file may have any number, and finding the place of each takes time.
      .slice(0, MAX_INSECURE)
      .map((key) => ({
        id: 'config.insecure',
        severity: 'warning' as const,
        title: `gateway.controlUi.${key} is on`,
        evidence: 'a browser with the token needs no pairing: whoever has the token has the gateway',
        hint: 'Set it to false, and approve each browser once.',
        at: nearestPlace(root, ['gateway', 'controlUi', key]),
      }))
  )
}
