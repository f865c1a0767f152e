/** A machine that is well as far as the doctor looks at it, for tests; parts of it can be broken. */

import { defaultSettings } from '../../contract/settings.ts'
import { gatewaySpec } from '../domain/gateway-spec.ts'
import { launchScript } from '../domain/render-launch-script.ts'
import type { ContainerFacts, Host, HostFacts, ImageFacts } from '../host/host.ts'
import type { DoctorOptions } from './doctor.ts'
import { type FileWorld, makeFileWorld, PATHS, USER } from './test-file-world.ts'

const GIB = 1_073_741_824
export const TOKEN = 'the-token-of-the-tests-0123456789'

const MACHINE: HostFacts = {
  arch: 'x64',
  os: 'Debian GNU/Linux 12 (bookworm)',
  hasSystemd: false,
  cgroups: 'hybrid',
  hasPidsController: false,
  podmanVersion: '4.3.1',
  runtimes: ['crun', 'runc'],
  hasCatatonit: true,
  hasQuadlet: false,
  hasUidmap: true,
  selinuxEnforcing: false,
  memoryBytes: 8 * GIB,
}

export interface DoctorWorld extends FileWorld {
  readonly options: DoctorOptions
  /** Replaces verbs of the host. */
  break(verbs: Partial<Host>): void
}

export function makeDoctorWorld(): DoctorWorld {
  const files = makeFileWorld()
  const range = [{ owner: USER.name, start: 100_000, count: 65_536 }]
  const spec = gatewaySpec({
    user: USER,
    settings: defaultSettings(),
    imageReference: 'localhost/razroom:bundled',
    seLinux: false,
    init: true,
  })
  const image: ImageFacts = {
    id: 'sha256:aaaa',
    reference: spec.image,
    createdAt: '2026-01-01T00:00:00Z',
    sizeBytes: 1,
    labels: {},
    references: [spec.image],
    env: [],
  }
  const container: ContainerFacts = {
    id: 'c0ffee',
    name: spec.name,
    status: 'running',
    running: true,
    pid: 42,
    exitCode: 0,
    oomKilled: false,
    stoppedByUser: false,
    startedAt: '2026-01-01T00:00:01Z',
    finishedAt: '0001-01-01T00:00:00Z',
    imageId: image.id,
    imageName: spec.image,
    labels: spec.labels,
    env: [`RAZROOM_GATEWAY_TOKEN=${TOKEN}`],
    logDriver: 'k8s-file',
    logPath: PATHS.logFile,
    ports: spec.publishes.map(({ address, hostPort, containerPort }) => ({
      hostAddress: address,
      hostPort,
      containerPort,
    })),
    networkMode: 'slirp4netns',
    createCommand: ['podman', 'run', spec.image],
  }
  files.put(PATHS.envFile, `RAZROOM_GATEWAY_TOKEN=${TOKEN}\n`)
  files.put(PATHS.configFile, '{ gateway: { mode: "local" } }\n')
  files.put(PATHS.launchScript, launchScript(spec))
  files.container = container
  const verbs: Partial<Host> = {
    readFacts: async () => MACHINE,
    inspectImage: async () => image,
    hasUserManager: async () => false,
    readDelegation: async () => null,
    readDiskFree: async () => 50 * GIB,
    readInodes: async () => ({ free: 1_000_000, total: 2_000_000 }),
    readMemory: async () => ({ availableBytes: 4 * GIB, swapFreeBytes: 0 }),
    readIdRanges: async () => range,
    findOddFiles: async () => [],
    hasAddress: async () => true,
    findPortHolder: async () => null,
    readInstalledVersion: async () => null,
    readUsage: async () => null,
    readAudit: async () => ({ entries: [], hasMore: false, unreadable: 0 }),
    listUserDirectory: async () => [],
    probeGateway: async () => ({ answered: true, status: 200 }),
    proveGatewayToken: async () => ({ answered: true, status: 200 }),
    describePodman: (_user, args) => `podman ${args.join(' ')}`,
  }
  const host: Host = Object.assign(files.host, verbs)
  const redact = (text: string) => text.replaceAll(TOKEN, '***')
  // Not spread: its container is read through it.
  return Object.assign(files, {
    options: { host, version: '1.2.3', redact },
    break(broken: Partial<Host>) {
      Object.assign(host, broken)
    },
  })
}
