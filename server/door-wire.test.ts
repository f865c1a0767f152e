import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE_CODES } from '../contract/events.ts'
import { type Headers, useDoor } from './test-door.ts'

const { door, logIn } = useDoor()

/** The bytes as they are, and the statuses of all the answers that come. */
function sendRaw(bytes: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(door.port, '127.0.0.1')
    let said = ''
    socket.on('data', (chunk) => {
      said += String(chunk)
    })
    socket.on('error', reject)
    socket.on('close', () =>
      resolve([...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)),
    )
    socket.end(bytes)
  })
}

describe('a message whose end two readers would see at two places', () => {
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'
  it.each([
    ['length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 50', ''],
    ['a list of lengths', 'Content-Length: 0, 50', ''],
    ['a length with a sign', 'Content-Length: +0', ''],
    ['an encoding nobody knows', 'Transfer-Encoding: xchunked', '0\r\n\r\n'],
    ['chunks before another encoding', 'Transfer-Encoding: chunked, identity', '0\r\n\r\n'],
    ['a blank before the colon', 'Content-Length : 0', ''],
    ['a folded line', 'Transfer-Encoding:\r\n chunked', '0\r\n\r\n'],
    ['a lone line feed in a header', 'X: a\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['a chunk whose size is none', 'Transfer-Encoding: chunked', '0x0\r\n\r\n'],
  ])('is refused, and nothing behind it is read: %s', async (_what, header, body) => {
    const head = `POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nOrigin: http://127.0.0.1:${door.port}\r\n`
    const answers = await sendRaw(
      `${head}${header}\r\n\r\n${body}${smuggled.replace('PORT', String(door.port))}`,
    )
    expect(answers).toEqual(['400'])
  })
})

describe('a socket', () => {
  const open = async (headers: Headers): Promise<WebSocket> => {
    const all = { ...headers, Origin: `http://127.0.0.1:${door.port}` }
    // It offers to compress, as every browser does.
    const client = new WebSocket(`ws://127.0.0.1:${door.port}/api/events`, { headers: all })
    await once(client, 'open')
    return client
  }

  it('does not compress: what is sent would need memory for each client', async () => {
    const client = await open((await logIn()).headers)
    expect(client.extensions).toBe('')
    client.terminate()
  })

  it('takes no frame of more than 16 KiB, nor one that is said to be more', async () => {
    const { headers } = await logIn()
    for (const size of [16_384, 16_385]) {
      const client = await open(headers)
      client.send('x'.repeat(size))
      const [code] = (await once(client, 'close')) as [number]
      // The smaller one is read, and is no hello.
      expect(code).toBe(size > 16_384 ? 1009 : CLOSE_CODES.badFrame)
    }
  })
})
