/** The TCP sockets of this network namespace as /proc/net/tcp and tcp6 show them (proc_pid_net(5)). */
import { readdir, readFile, readlink } from 'node:fs/promises'
import type { PortHolder, TcpPeer } from './host.ts'

const LISTEN = '0A'

export interface TcpEntry {
  /** As text: dotted IPv4 (also for IPv4 mapped into IPv6), or the 32 hex digits of IPv6. */
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly isListening: boolean
  readonly uid: number
  readonly inode: string
}

/** The kernel prints addresses as 32-bit words in host order: little-endian on every machine the panel runs on. */
function decodeAddress(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse()
  if (bytes.length === 4) return bytes.join('.')
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff
  return isMapped ? bytes.subarray(12).join('.') : bytes.toString('hex')
}

/** Address and port of one end, for example `0100007F:4965`. */
function decodeEnd(text: string): [string, number] {
  const [address = '', port = ''] = text.split(':')
  return [decodeAddress(address), Number.parseInt(port, 16)]
}

/** @param text the whole of /proc/net/tcp or tcp6 */
export function parseTcpTable(text: string): TcpEntry[] {
  return parseTcpLines(text.split('\n').slice(1))
}

function parseTcpLines(lines: readonly string[]): TcpEntry[] {
  const entries: TcpEntry[] = []
  for (const line of lines) {
    const [, local, remote, state, , , , uid, , inode] = line.trim().split(/\s+/)
    if (local === undefined || remote === undefined || inode === undefined) continue
    const [localAddress, localPort] = decodeEnd(local)
    const [remoteAddress, remotePort] = decodeEnd(remote)
    const isListening = state === LISTEN
    entries.push({ localAddress, localPort, remoteAddress, remotePort, isListening, uid: Number(uid), inode })
  }
  return entries
}

/**
 * Lets those who ask at the same time share a read. Each gets one that began after it had asked, so that what was there
 * when it asked is in it: the kernel walks through all of its connections for every read, and a flood of them would
 * have it do nothing else.
 */
export function shareReads(read: () => Promise<string>): () => Promise<string> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Promise<string> | null = null
  return () => {
    if (waiting !== null) return waiting
    const next = last.then(() => {
      waiting = null
      return read()
    })
    waiting = next
    last = next.catch(() => undefined)
    return next
  }
}

const readTcp4 = shareReads(() => readTable('/proc/net/tcp'))
const readTcp6 = shareReads(() => readTable('/proc/net/tcp6'))

async function readTcpTable(): Promise<TcpEntry[]> {
  return (await Promise.all([readTcp4(), readTcp6()])).flatMap(parseTcpTable)
}

/** A kernel without IPv6 has no tcp6 table. */
async function readTable(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

const ANY = new Set(['0.0.0.0', '0'.repeat(32)])

/** An address as the table writes it. */
function normalise(address: string): string {
  if (address === '::1') return `${'0'.repeat(31)}1`
  return address.replace(/^::ffff:/, '')
}

/**
 * uid of the process at the other end of a loopback connection, or null when it is gone. Only the lines that name both
 * ports are decoded: a neighbour may fill the table with thousands of connections.
 */
export async function findPeerUid(peer: TcpPeer): Promise<number | null> {
  const [ours, theirs] = [normalise(peer.localAddress), normalise(peer.remoteAddress)]
  const [ourPort, theirPort] = [hexPort(peer.localPort), hexPort(peer.remotePort)]
  const isOfPeer = (line: string) => line.includes(`:${theirPort} `) && line.includes(`:${ourPort} `)
  // A connection of IPv4 is in the second table when the program at its other end opened a socket of IPv6 for it.
  for (const read of ours.includes('.') ? [readTcp4, readTcp6] : [readTcp6]) {
    const entry = parseTcpLines((await read()).split('\n').filter(isOfPeer)).find(
      (candidate) =>
        candidate.localPort === peer.remotePort &&
        candidate.remotePort === peer.localPort &&
        candidate.localAddress === theirs &&
        candidate.remoteAddress === ours &&
        // A socket whose process is gone belongs to nobody, and the table shows uid 0 for it.
        candidate.inode !== '0',
    )
    if (entry) return entry.uid
  }
  return null
}

/** A port as the table prints it: four upper-case hex digits. */
function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

/** The process that has this socket open, as far as root of this pid namespace can see it. */
async function findSocketOwner(inode: string): Promise<{ pid: number; program: string } | null> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const links = await readLinks(`/proc/${pid}/fd`)
    if (!links.includes(`socket:[${inode}]`)) continue
    const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null)
    // Gone since its links were read: whoever holds the socket now is another one.
    if (program !== null) return { pid: Number(pid), program: program.trim() }
  }
  return null
}

/** Processes come and go while they are looked at: what is gone has no links. */
async function readLinks(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory)
    const links = await Promise.allSettled(names.map((name) => readlink(`${directory}/${name}`)))
    return links.flatMap((link) => (link.status === 'fulfilled' ? [link.value] : []))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return []
    throw error
  }
}

/**
 * Who listens on this port where it would be in the way of publishing it at this address.
 * @param address IPv4 or IPv6 literal
 */
export async function findPortHolder(port: number, address: string): Promise<PortHolder | null> {
  const wanted = normalise(address)
  const entry = (await readTcpTable()).find(
    (candidate) =>
      candidate.isListening &&
      candidate.localPort === port &&
      (candidate.localAddress === wanted || ANY.has(candidate.localAddress) || ANY.has(wanted)),
  )
  if (!entry) return null
  const owner = await findSocketOwner(entry.inode)
  const shown = entry.localAddress.includes('.') ? entry.localAddress : '[::]'
  return { address: shown, port, uid: entry.uid, ...(owner ?? {}) }
}
