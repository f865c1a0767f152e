import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { openDeviceStore } from './device-store.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import { handleHttp } from './http-routes.ts'
import { type OpenLog, throttleLines } from './log.ts'
import { createSessions } from './ws-session.ts'

/** A listening gateway. */
export interface GatewayServer {
  close(): Promise<void>
}

/** Larger than any request that the page or the CLI sends. */
const MAX_FRAME_BYTES = 256 * 1024
const MAX_SOCKETS = 256
/** A socket that did not finish its close handshake by then is cut, so that a stop takes less than 0.4 s. */
const CLOSE_GRACE_MS = 150

/**
 * Opens the gateway's port (and the bridge's, if asked for) and logs the ready line.
 * @throws the system error when a port can't be opened; nothing is left listening then
 */
export async function startGatewayServer(plan: GatewayPlan, log: OpenLog): Promise<GatewayServer> {
  const refusals = throttleLines(log('http').warn, 5, 10_000)
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    handleHttp(request, response, { auth: plan.auth, onRefusal: refusals }).catch((error: unknown) => {
      log('http').error(`request failed: ${String(error)}`)
      response.destroy()
    })
  })
  server.maxConnections = MAX_SOCKETS
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  })
  const devices = openDeviceStore(plan.paths.devicesDir)
  const sessions = createSessions({ plan, devices, log: log('ws'), startedAt: Date.now() })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    sockets.handleUpgrade(request, socket, head, (ws) => sessions.accept(ws, request))
  })
  await listenOn(server, plan.host, plan.port)
  const bridge = await openBridge(plan, log).catch(async (error: unknown) => {
    await closeServer(server)
    throw error
  })
  const { port } = server.address() as AddressInfo
  log('gateway').info(`listening on ws://${plan.host}:${port} (PID ${process.pid})`)
  return {
    async close() {
      const closed = [closeServer(server), ...(bridge ? [closeServer(bridge)] : [])]
      await sessions.closeAll(CLOSE_GRACE_MS)
      server.closeAllConnections()
      bridge?.closeAllConnections()
      await Promise.all(closed)
    },
  }
}

/**
 * The real gateway of the measured version listens on one port only; the bridge's stays closed. With
 * `RAZROOM_BUNDLED_BRIDGE=1` something answers there, for trying out a published bridge port.
 */
async function openBridge(plan: GatewayPlan, log: OpenLog): Promise<Server | undefined> {
  if (plan.env.RAZROOM_BUNDLED_BRIDGE !== '1') return undefined
  const bridge = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (_request, response) => {
    response
      .writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' })
      .end('bundled gateway: bridge port\n')
  })
  bridge.maxConnections = MAX_SOCKETS
  await listenOn(bridge, plan.host, plan.port + 1)
  log('bridge').info(`listening on tcp://${plan.host}:${plan.port + 1}`)
  return bridge
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())))
}
