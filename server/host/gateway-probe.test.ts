import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { userInfo } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { createGatewayProbes } from './gateway-probe.ts'
import type { IdRange, UserAccount } from './host.ts'

const { uid = 0, gid = 0 } = userInfo()
const me: UserAccount = { name: 'me', uid, gid, home: '/home/me', shell: '/bin/sh' }
const somebody: UserAccount = { ...me, name: 'somebody', uid: uid + 1 }
const subuids: IdRange[] = []
const { probeGateway, proveGatewayToken } = createGatewayProbes(async () => subuids)

const UNWILLING = `
  const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
    require('node:fs').writeSync(1, String(server.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

let server: Server | undefined
afterEach(() => {
  server?.close()
  subuids.length = 0
})

async function start(made: Server): Promise<number> {
  server = made
  made.listen(0, '127.0.0.1')
  await once(made, 'listening')
  return (made.address() as AddressInfo).port
}
const serve = (listener: RequestListener): Promise<number> => start(createServer(listener))

describe('probeGateway', () => {
  it('asks the request that proves a token', async () => {
    const port = await serve((request, response) => {
      const isRight =
        request.method === 'POST' &&
        request.url === '/tools/invoke' &&
        request.headers.authorization === 'Bearer right'
      response.writeHead(isRight ? 200 : 401).end('{}')
    })
    expect(await proveGatewayToken(me, port, 'right')).toEqual({ answered: true, status: 200 })
    expect(await proveGatewayToken(me, port, 'wrong')).toEqual({ answered: true, status: 401 })
    expect(await probeGateway(port)).toEqual({ answered: true, status: 401 })
  })

  it('follows no redirect', async () => {
    const asked: string[] = []
    const port = await serve((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(await proveGatewayToken(me, port, 'right')).toEqual({ answered: true, status: 302 })
    expect(asked).toEqual(['/tools/invoke'])
  })

  it('is not held up by an endless answer', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200)
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    })
    expect(await probeGateway(port)).toEqual({ answered: true, status: 200 })
  })

  it('takes a connection that closes empty, a closed port and silence for no answer', async () => {
    const empty = await start(createTcpServer((socket) => socket.destroy()))
    expect(await probeGateway(empty)).toMatchObject({ answered: false })
    server?.close()
    expect(await probeGateway(empty)).toMatchObject({ answered: false })
    const silent = await start(createTcpServer((socket) => socket.on('error', () => undefined)))
    const started = Date.now()
    expect(await probeGateway(silent)).toMatchObject({ answered: false })
    expect(Date.now() - started).toBeLessThan(15_000)
  })

  it('shows the token to nobody but the user, and the ids that are lent to it', async () => {
    const asked: unknown[] = []
    const port = await serve((request, response) => {
      asked.push(request.headers.authorization)
      response.end('{}')
    })
    expect(await proveGatewayToken(somebody, port, 'right')).toEqual({
      answered: false,
      reason: `port ${port} is held by the user with the id ${uid}, not by the gateway's: the token was not sent`,
    })
    subuids.push({ owner: 'else', start: uid, count: 1 })
    expect(await proveGatewayToken(somebody, port, 'right')).toMatchObject({ answered: false })
    expect(asked).toEqual([])
    subuids.push({ owner: 'somebody', start: uid, count: 1 })
    expect(await proveGatewayToken(somebody, port, 'right')).toEqual({ answered: true, status: 200 })
    expect(asked).toEqual(['Bearer right'])
  })

  it('shows it to nobody who does not take the connection', async () => {
    // Its only thread waits, so that it accepts nothing; the kernel connects for it.
    const holder = spawn(process.execPath, ['--eval', UNWILLING], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      const [port] = (await once(holder.stdout, 'data')) as [Buffer]
      expect(await proveGatewayToken(me, Number(port), 'right')).toMatchObject({ answered: false })
    } finally {
      holder.kill('SIGKILL')
    }
  })
})
