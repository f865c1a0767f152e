import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { findPeerUid, findPortHolder, parseTcpTable, shareReads } from './tcp-table.ts'

const NOBODY = 65534
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer()
  servers.push(server)
  server.listen(0, host)
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function accepted(server: Server): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket]
  return socket
}

function uidOf(socket: Socket): Promise<number | null> {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
  return findPeerUid({ localAddress, localPort, remoteAddress, remotePort })
}

describe('parseTcpTable', () => {
  it('reads addresses of both families', () => {
    const head =
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
    const v4 =
      '   0: 0100007F:4965 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 4242 1\n'
    const v6 =
      '   1: 0000000000000000FFFF00000100007F:4965 0000000000000000FFFF00000200007F:0050 01 00000000:00000000 00:00000000 00000000  1000        0 17 1\n'
    expect(parseTcpTable(head + v4 + v6)).toEqual([
      expect.objectContaining({
        localAddress: '127.0.0.1',
        localPort: 18789,
        isListening: true,
        uid: 999,
        inode: '4242',
      }),
      expect.objectContaining({
        localAddress: '127.0.0.1',
        remoteAddress: '127.0.0.2',
        remotePort: 80,
        uid: 1000,
      }),
    ])
  })
})

describe('findPortHolder', () => {
  it('finds who is in the way of an address', async () => {
    const { port } = await listen('127.0.0.1')
    const holder = await findPortHolder(port, '127.0.0.1')
    expect(holder).toMatchObject({ address: '127.0.0.1', port, pid: process.pid, uid: process.getuid?.() })
    expect(await findPortHolder(port, '0.0.0.0')).not.toBeNull()
    expect(await findPortHolder(port, '127.0.0.2')).toBeNull()
  })

  it('counts one that listens on all addresses', async () => {
    const { port } = await listen('0.0.0.0')
    expect(await findPortHolder(port, '127.0.0.1')).toMatchObject({ pid: process.pid })
  })

  it('finds nobody on a free port', async () => {
    const { server, port } = await listen('127.0.0.1')
    server.close()
    await once(server, 'close')
    expect(await findPortHolder(port, '127.0.0.1')).toBeNull()
  })
})

describe('findPeerUid', () => {
  it.each(['127.0.0.1', '::1', '::'])('tells our own uid over %s', async (host) => {
    const { server, port } = await listen(host)
    const client = connect(port, host === '::' ? '127.0.0.1' : host)
    const socket = await accepted(server)
    expect(await uidOf(socket)).toBe(process.getuid?.())
    client.destroy()
    socket.destroy()
  })

  it('tells it also of a socket of IPv6 at the other end of a connection of IPv4', async () => {
    const { server, port } = await listen('127.0.0.1')
    const client = connect(port, '::ffff:127.0.0.1')
    const socket = await accepted(server)
    expect(await uidOf(socket)).toBe(process.getuid?.())
    client.destroy()
    socket.destroy()
  })

  it.runIf(process.getuid?.() === 0)(
    'tells that of another user, and never root for one who is gone',
    async () => {
      const { server, port } = await listen('127.0.0.1')
      const script = `const s = require('node:net').connect(${port}, '127.0.0.1'); process.stdin.on('data', () => { s.destroy(); process.exit() })`
      const run = canNobodyRunNode() ? process.execPath : 'node'
      const child = spawn(run, ['-e', script], {
        uid: NOBODY,
        gid: NOBODY,
        cwd: '/',
        stdio: ['pipe', 'ignore', 'inherit'],
      })
      const socket = await accepted(server)
      expect(await uidOf(socket)).toBe(NOBODY)
      child.stdin.write('go')
      await once(child, 'exit')
      expect(await uidOf(socket)).toBeNull()
      socket.destroy()
    },
  )
})

describe('shareReads', () => {
  it('gives everybody a read that began after the question, and few of them', async () => {
    const begun: (() => void)[] = []
    const read = shareReads(() => {
      const number = begun.length
      return new Promise((resolve) => begun.push(() => resolve(`read ${number}`)))
    })
    const first = read()
    await Promise.resolve()
    const meanwhile = [read(), read(), read()]
    expect(begun.length).toBe(1)
    begun[0]?.()
    expect(await first).toBe('read 0')
    await Promise.resolve()
    const later = read()
    begun[1]?.()
    expect(await Promise.all(meanwhile)).toEqual(['read 1', 'read 1', 'read 1'])
    await Promise.resolve()
    begun[2]?.()
    expect(await later).toBe('read 2')
    expect(begun.length).toBe(3)
  })

  it('goes on after a read that failed, which those who shared it are told', async () => {
    let reads = 0
    const read = shareReads(async () => {
      reads += 1
      if (reads === 1) throw new Error('no such table')
      return 'table'
    })
    await expect(Promise.all([read(), read()])).rejects.toThrow('no such table')
    expect(await read()).toBe('table')
    expect(reads).toBe(2)
  })
})

function canNobodyRunNode(): boolean {
  try {
    execFileSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    // The checkout lies below a directory that only its owner may enter; the system's own Node serves too.
    return false
  }
}
