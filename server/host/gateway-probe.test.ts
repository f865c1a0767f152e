import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { probeGateway } from './gateway-probe.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
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
    expect(await probeGateway(port, 'right')).toEqual({ answered: true, status: 200 })
    expect(await probeGateway(port, 'wrong')).toEqual({ answered: true, status: 401 })
    expect(await probeGateway(port, null)).toEqual({ answered: true, status: 401 })
  })

  it('follows no redirect', async () => {
    const asked: string[] = []
    const port = await serve((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(await probeGateway(port, 'right')).toEqual({ answered: true, status: 302 })
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
    expect(await probeGateway(port, null)).toEqual({ answered: true, status: 200 })
  })

  it('takes a connection that closes empty, a closed port and silence for no answer', async () => {
    const empty = await start(createTcpServer((socket) => socket.destroy()))
    expect(await probeGateway(empty, null)).toMatchObject({ answered: false })
    server?.close()
    expect(await probeGateway(empty, null)).toMatchObject({ answered: false })
    const silent = await start(createTcpServer((socket) => socket.on('error', () => undefined)))
    const started = Date.now()
    expect(await probeGateway(silent, null)).toMatchObject({ answered: false })
    expect(Date.now() - started).toBeLessThan(4_500)
  })
})
