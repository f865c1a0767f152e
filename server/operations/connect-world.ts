/** A machine as far as connecting a provider matters, for tests: two files with versions, and a gateway that tells what it sees. */
import { createHash } from 'node:crypto'
import type { ConnectionRequest, ConnectionWish } from '../../contract/connections.ts'
import { type CommandTimeout, HostError } from '../errors.ts'
import type { ContainerCommandResult, Host, StoredVersion } from '../host/host.ts'
import { planConnection } from './connect-files.ts'
import { connectServices } from './connect-services.ts'
import type { GatewayCommands } from './gateway-commands.ts'
import type { OperationPlan } from './runner.ts'
import { CONFIG_PATH, ENV_PATH, hostOf, makeWorld, type World } from './token-world.ts'

export const KEY = 'sk-ant-canary-0123456789abcdef'
export const ENV =
  '# mine\r\nRAZROOM_GATEWAY_TOKEN=0123456789abcdef0123456789abcdef\r\nexport ANTHROPIC_API_KEY="old"\r\n'
export const CONFIG = "// mine\n{ gateway: { mode: 'local' } /* why */ }\n"
export const WISH = { provider: { id: 'anthropic', key: `"${KEY}"` }, model: 'anthropic/claude-opus-4-6' }

export interface ConnectWorld {
  readonly world: World
  readonly host: Host
  readonly remembered: string[]
  /** Command lines that the gateway was asked to run. */
  readonly asked: string[]
  /** What `models status --json` prints; an error is thrown. */
  status: string | HostError | CommandTimeout
  /** Writing this path fails from now on. */
  refused: string | null
  /** As the routes do it. */
  plan(wish: ConnectionWish, more?: Partial<ConnectionRequest>): Promise<OperationPlan>
  text(path: string): string | undefined
}

export function makeConnectWorld(env = ENV, config: string | undefined = CONFIG): ConnectWorld {
  const world = makeWorld(env, config)
  const machine = hostOf(world)
  const versions = new Map<string, { record: StoredVersion; bytes: Uint8Array | null }[]>()
  const of = (path: string) => versions.get(path) ?? []
  const host: Host = {
    ...machine,
    async writeUserFile(user, write) {
      if (write.path === connected.refused) throw new HostError('DISK_FULL', { detail: write.path })
      return machine.writeUserFile(user, write)
    },
    listVersions: async (path) => of(path).map(({ record }) => record),
    readVersion: async (path, id) => of(path).find(({ record }) => record.id === id)?.bytes ?? null,
    async addVersion(path, { bytes, ...rest }) {
      const id = `${of(path).length + 1}-00000000`
      const record = { ...rest, id, at: '', sizeBytes: bytes?.length ?? 0 }
      versions.set(path, [{ record, bytes }, ...of(path)])
      return record
    },
  }
  const commands: Pick<GatewayCommands, 'run'> = {
    async run(words): Promise<ContainerCommandResult> {
      connected.asked.push(words.join(' '))
      if (typeof connected.status !== 'string') throw connected.status
      return { exitCode: 0, stdout: connected.status, stderrLines: [] } as unknown as ContainerCommandResult
    },
  }
  const connected: ConnectWorld = {
    world,
    host,
    remembered: [],
    asked: [],
    status: JSON.stringify({
      resolvedDefault: WISH.model,
      auth: { providers: [{ provider: 'anthropic', effective: { kind: 'env' } }] },
    }),
    refused: null,
    async plan(wish, more = {}) {
      const etags = { env: etagOf(world.files.get(ENV_PATH)), config: etagOf(world.files.get(CONFIG_PATH)) }
      const request = { ...wish, etags, restart: true, ...more }
      const plan = await planConnection(host, request, request.etags)
      return connectServices(host, commands, (secret) => void connected.remembered.push(secret), {
        request,
        plan,
      })
    },
    text: (path) => world.files.get(path),
  }
  return connected
}

export function etagOf(text: string | undefined): string {
  return text === undefined ? 'absent' : createHash('sha256').update(text).digest('hex')
}
