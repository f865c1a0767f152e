import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IdRange, ProbeResult, UserAccount } from './host.ts'
import { findPeerUid } from './tcp-table.ts'

const PROBE_TIMEOUT_MS = 3_000
const OWNER_PAUSE_MS = 10
const PROBE_BODY = JSON.stringify({ tool: 'sessions_list', args: {} })

/** The verbs that talk to the gateway; see Host. */
export interface GatewayProbes {
  /**
   * One `GET /` to the gateway: any answer proves that it is up, and leaves no line in its log. Only HTTP tells that:
   * podman's forwarder accepts a connection before the gateway listens, and closes it empty
   * (docs/facts/razroom-gateway.md).
   * @param port host port of the gateway
   * @param address where it is published, an IP literal of this machine (domain/gateway-address.ts); 127.0.0.1 unless said
   */
  probeGateway(port: number, address?: string): Promise<ProbeResult>
  /**
   * One `POST /tools/invoke` to the gateway: 401 unless the token is the right one. It is sent only when whoever took the
   * connection is this user, or one of its subordinate ids: while the gateway is down, every local user can listen there.
   * @param port host port of the gateway
   * @param address as in probeGateway
   */
  proveGatewayToken(user: UserAccount, port: number, token: string, address?: string): Promise<ProbeResult>
}

/** @param readSubuids the ranges of subuid(5): a container in the host's network listens with an id out of them */
export function createGatewayProbes(readSubuids: () => Promise<readonly IdRange[]>): GatewayProbes {
  return {
    probeGateway: (port, address = '127.0.0.1') => probe(port, address, null),
    async proveGatewayToken(user, port, token, address = '127.0.0.1') {
      const subuids = await readSubuids()
      return probe(port, address, { token, isOwner: (uid) => isOfUser(uid, user, subuids) })
    },
  }
}

function isOfUser(uid: number, user: UserAccount, subuids: readonly IdRange[]): boolean {
  if (uid === user.uid) return true
  return subuids.some(({ owner, start, count }) => {
    const isOurs = owner === user.name || owner === String(user.uid)
    return isOurs && uid >= start && uid < start + count
  })
}

interface Proof {
  readonly token: string
  readonly isOwner: (uid: number) => boolean
}

async function probe(port: number, host: string, proof: Proof | null): Promise<ProbeResult> {
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
  const socket = connect({ host, port, signal })
  try {
    await once(socket, 'connect', { signal })
    if (proof) await requireOwner(socket, proof, signal)
    return await ask(socket, proof?.token ?? null, { host, port, signal })
  } catch (error) {
    return { answered: false, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

/** Who has taken the connection keeps it: nobody comes in between this look and what is sent. */
async function requireOwner(socket: Socket, proof: Proof, signal: AbortSignal): Promise<void> {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
  for (;;) {
    const uid = await findPeerUid({ localAddress, localPort, remoteAddress, remotePort })
    if (uid !== null) {
      if (proof.isOwner(uid)) return
      throw new Error(
        `port ${remotePort} is held by the user with the id ${uid}, not by the gateway's: the token was not sent`,
      )
    }
    // Until it is accepted, a connection belongs to nobody.
    await sleep(OWNER_PAUSE_MS, undefined, { signal })
  }
}

interface Target {
  readonly host: string
  readonly port: number
  readonly signal: AbortSignal
}

function ask(socket: Socket, token: string | null, target: Target): Promise<ProbeResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ProbeResult>()
  const asked = request(
    {
      ...target,
      ...(token === null ? { method: 'GET', path: '/' } : { method: 'POST', path: '/tools/invoke' }),
      createConnection: () => socket,
      headers: token === null ? {} : proofHeaders(token),
    },
    (answer) => {
      resolve({ answered: true, status: answer.statusCode ?? 0 })
      answer.on('error', () => undefined)
      answer.destroy()
    },
  )
  asked.on('error', reject)
  asked.end(token === null ? undefined : PROBE_BODY)
  return promise
}

function proofHeaders(token: string): Record<string, string | number> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(PROBE_BODY),
    connection: 'close',
  }
}
