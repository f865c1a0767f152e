import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type BoundSocket, bindPath, bindTcp } from './bound-sockets.ts'

const LISTEN = `
require('node:net').createServer((socket) => socket.end('from the child')).listen({ fd: 3 }, () => console.log('ready'))`
const open: BoundSocket[] = []
const kept = <S extends BoundSocket | null>(socket: S): S => {
  if (socket) open.push(socket)
  return socket
}
afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** How a bind of this port ends. */
async function tryToListen(port: number): Promise<string> {
  const server = createServer()
  const result = await new Promise<string>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
    server.listen(port, '127.0.0.1', () => resolve('listens'))
  })
  server.close()
  return result
}

async function ask(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString()
}

test('a port that another process listens on, and that stays held when that ends', async () => {
  const port = await findFreePort()
  const socket = kept(bindTcp('127.0.0.1', port))
  expect(socket).not.toBeNull()
  for (let times = 0; times < 2; times += 1) {
    const child = spawn(process.execPath, ['--eval', LISTEN], {
      stdio: ['ignore', 'pipe', 'inherit', socket?.fd ?? -1],
    })
    const ended = once(child, 'exit')
    await once(child.stdout ?? child, 'data')
    // Not by this process, which has the socket, too.
    expect(await Promise.all([ask(port), ask(port), ask(port)])).toEqual(Array(3).fill('from the child'))
    child.kill('SIGKILL')
    await ended
    expect(await tryToListen(port)).toBe('EADDRINUSE')
  }
  socket?.close()
  open.splice(0)
  expect(await tryToListen(port)).toBe('listens')
})

test('a port that somebody else holds', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(kept(bindTcp('127.0.0.1', port))).toBeNull()
  server.close()
})

test('a path is made with the umask of the process, and goes with the socket', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bound-'))
  const path = join(directory, 'control.sock')
  const umask = process.umask(0o077)
  const socket = bindPath(path)
  process.umask(umask)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(() => bindPath(path)).toThrow('cannot be bound')
  socket.close()
  expect(existsSync(path)).toBe(false)
  rmSync(directory, { recursive: true })
})
