import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { isRecord } from './config-schema.ts'
import { openDeviceStore, signedText } from './device-store.ts'
import { isLoopbackAddress, isOriginAllowed } from './peer.ts'
import {
  LOCAL_CONFIG,
  makeTestHome,
  runProgram,
  startGateway,
  type TestGateway,
  type TestHome,
  TOKEN,
} from './test-gateway.ts'

/** Makes the peer count as remote, as every browser behind a published port does. */
const remote = { 'X-Forwarded-For': '10.0.2.100' }

let home: TestHome
let gateway: TestGateway
beforeEach(async () => {
  home = makeTestHome(LOCAL_CONFIG)
  gateway = await startGateway(home)
})
afterEach(async () => {
  await gateway.end()
  home.remove()
})

/** A device with keys of its own. */
function makeDevice() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'jwk' }).x ?? ''
  const id = createHash('sha256').update(Buffer.from(raw, 'base64url')).digest('hex')
  return { id, publicKey: raw, privateKey }
}

interface Attempt {
  token?: string
  device?: ReturnType<typeof makeDevice>
  headers?: Record<string, string>
  /** changes what goes into the proof, after signing */
  tamper?: Record<string, unknown>
  nonce?: string
  params?: Record<string, unknown>
}

/** Connects as a browser does and tells how it ended: the answer, or the close code and reason. */
function attempt(
  options: Attempt = {},
): Promise<{ answer?: unknown; close?: string; details?: unknown; ws: WebSocket }> {
  const ws = new WebSocket(gateway.url.replace('http', 'ws'), { headers: { ...remote, ...options.headers } })
  let details: unknown
  return new Promise((resolve, reject) => {
    ws.on('error', reject)
    ws.on('close', (code, reason) => resolve({ close: `${code} ${reason}`, details, ws }))
    ws.on('message', (data) => {
      const frame: unknown = JSON.parse(data.toString())
      if (!isRecord(frame)) return
      if (isRecord(frame.payload) && frame.event === 'connect.challenge') {
        ws.send(JSON.stringify(connectFrame(options, String(frame.payload.nonce))))
      } else if (frame.ok === true) {
        resolve({ answer: frame.payload, ws })
      } else if (isRecord(frame.error)) {
        details = frame.error.details
      }
    })
  })
}

function connectFrame({ token = TOKEN, device, tamper, nonce, params }: Attempt, challenge: string) {
  const scopes = ['operator.admin']
  const signedAt = Date.now()
  const claim = { clientId: 'browser', clientMode: 'webchat', role: 'operator', scopes, signedAt, token }
  const text = signedText({ ...claim, deviceId: device?.id ?? '', nonce: nonce ?? challenge })
  const proof = device && {
    id: device.id,
    publicKey: device.publicKey,
    signature: sign(null, Buffer.from(text), device.privateKey).toString('base64url'),
    signedAt,
    nonce: nonce ?? challenge,
    ...tamper,
  }
  const client = { id: 'browser', mode: 'webchat', version: '1', platform: 'test' }
  const body = {
    minProtocol: 3,
    maxProtocol: 3,
    client,
    role: 'operator',
    scopes,
    auth: { token },
    device: proof,
  }
  return { type: 'req', id: '1', method: 'connect', params: { ...body, ...params } }
}

const cli = (...args: string[]) => runProgram(home, args, { RAZROOM_GATEWAY_PORT: String(gateway.port) })

/** The JSON of a command, behind its warning box. */
function jsonOf(stdout: string): Record<string, unknown> {
  const lines = stdout.split('\n')
  const value: unknown = JSON.parse(lines.slice(lines.findIndex((line) => /^[{["]/.test(line))).join('\n'))
  if (!isRecord(value)) throw new Error(`no object in ${stdout}`)
  return value
}

describe('connecting', () => {
  test.each<[string, Attempt, string]>([
    ['a wrong token', { token: 'wrong' }, '1008 unauthorized: gateway token mismatch ('],
    ['no token', { params: { auth: {} } }, '1008 unauthorized: gateway token missing ('],
    ['a foreign Origin', { headers: { Origin: 'http://evil.example' } }, '1008 origin not allowed ('],
    [
      'the Origin of another port',
      { headers: { Origin: 'http://127.0.0.1:1' } },
      '1008 origin not allowed (',
    ],
    ['an opaque Origin', { headers: { Origin: 'null' } }, '1008 origin not allowed ('],
    ['an old protocol', { params: { maxProtocol: 2, minProtocol: 1 } }, '1002 protocol mismatch'],
    ['no device', {}, '1008 device identity required'],
    ['parameters of a wrong type', { params: { client: 'x' } }, '1008 invalid connect params'],
  ])('%s', async (_name, options, expected) => {
    expect((await attempt(options)).close).toContain(expected)
  })

  test.each<[string, (device: ReturnType<typeof makeDevice>) => Attempt, string]>([
    ['a replayed nonce', () => ({ nonce: 'old' }), 'device nonce mismatch'],
    ['the id of another device', () => ({ tamper: { id: makeDevice().id } }), 'device identity mismatch'],
    ['a key that is none', () => ({ tamper: { publicKey: 'AAAA' } }), 'device public key invalid'],
    ['a changed signature', () => ({ tamper: { signature: 'AAAA' } }), 'device signature invalid'],
  ])('a device with %s', async (_name, make, expected) => {
    const device = makeDevice()
    expect((await attempt({ device, ...make(device) })).close).toBe(`1008 ${expected}`)
  })

  test('anything but a connect request ends the socket', async () => {
    const first = (text: string) =>
      new Promise((resolve) => {
        const ws = new WebSocket(gateway.url.replace('http', 'ws'))
        ws.on('close', (code, reason) => resolve(`${code} ${reason}`))
        ws.once('message', () => ws.send(text))
      })
    expect(await first('nonsense')).toBe('1008 invalid request frame')
    expect(await first('{"type":"req","id":"1","method":"health"}')).toBe(
      '1008 invalid handshake: first request must be connect',
    )
    expect(await first('x'.repeat(300 * 1024))).toMatch(/^1009/)
    expect((await fetch(gateway.url)).status).toBe(200)
  })

  test('a browser on the machine itself needs no pairing', async () => {
    const ws = new WebSocket(gateway.url.replace('http', 'ws'), { headers: { Origin: gateway.url } })
    const answered = new Promise((resolve) => {
      ws.on('message', (data) => {
        const frame: unknown = JSON.parse(data.toString())
        if (isRecord(frame) && frame.type === 'res') resolve(frame.ok)
        else if (isRecord(frame) && isRecord(frame.payload)) {
          ws.send(JSON.stringify(connectFrame({}, String(frame.payload.nonce))))
        }
      })
    })
    expect(await answered).toBe(true)
    ws.terminate()
  })
})

describe('pairing', () => {
  test('pairing required -> list -> approve -> in; revoke -> out', async () => {
    const device = makeDevice()
    const refused = await attempt({ device })
    expect(refused.close).toBe('1008 pairing required')
    const again = await attempt({ device })
    expect(again.details).toEqual(refused.details)

    const { pending } = jsonOf((await cli('devices', 'list', '--json')).stdout)
    expect(pending).toEqual([expect.objectContaining({ deviceId: device.id, ...Object(refused.details) })])
    expect(statSync(join(home.stateDir, 'devices', 'pending.json')).mode & 0o777).toBe(0o600)

    const approved = await cli('devices', 'approve', Object(refused.details).requestId, '--json')
    expect(jsonOf(approved.stdout)).toMatchObject({ device: { deviceId: device.id } })
    const { answer, ws } = await attempt({ device })
    expect(answer).toMatchObject({ type: 'hello-ok', protocol: 3, server: { bundled: true } })

    const dropped = new Promise((resolve) => ws.on('close', (code, reason) => resolve(`${code} ${reason}`)))
    expect((await cli('devices', 'revoke', device.id, '--json')).code).toBe(0)
    expect(await dropped).toBe('1008 device removed')
    expect((await attempt({ device })).close).toBe('1008 pairing required')
  })

  test('reject, and ids that do not exist', async () => {
    const { details } = await attempt({ device: makeDevice() })
    const { requestId } = Object(details)
    expect((await cli('devices', 'reject', requestId, '--json')).code).toBe(0)
    const approved = await cli('devices', 'approve', requestId, '--json')
    expect(approved.code).toBe(1)
    expect(approved.stderr).toContain('unknown requestId')
    expect(approved.stdout).toBe('')
  })

  test('allowInsecureAuth lets every browser with the token in', async () => {
    await gateway.end()
    home.writeConfig(LOCAL_CONFIG.replace('gateway: {', 'gateway: { controlUi: { allowInsecureAuth: true },'))
    gateway = await startGateway(home)
    expect((await attempt()).answer).toMatchObject({ type: 'hello-ok' })
  })

  test('a damaged device file turns people away, tells the log, and is not overwritten', async () => {
    mkdirSync(join(home.stateDir, 'devices'))
    const path = join(home.stateDir, 'devices', 'paired.json')
    writeFileSync(path, '{ "x": 1 }')
    expect((await attempt({ device: makeDevice() })).close).toMatch(/^1011 pairing failed/)
    await gateway.says('holds something that is no device')
    expect(readFileSync(path, 'utf8')).toBe('{ "x": 1 }')
  })
})

describe('the store', () => {
  const claim = (deviceId: string) => ({
    deviceId,
    publicKey: `key-${deviceId}`,
    clientId: 'c',
    clientMode: 'm',
    platform: 'p',
    role: 'r',
    scopes: [],
    remoteIp: '::1',
  })

  test('a request lives for five minutes after it was last repeated', () => {
    let now = 0
    const store = openDeviceStore(join(home.home, 'd'), () => now)
    store.request(claim('a'))
    now = 4 * 60_000
    store.request(claim('a'))
    now = 8 * 60_000
    expect(store.list().pending).toHaveLength(1)
    now = 9 * 60_000
    expect(store.list().pending).toEqual([])
  })

  test('holds at most fifty requests and keeps what it does not know, but never lists tokens', () => {
    const directory = join(home.home, 'd')
    mkdirSync(directory)
    const foreign = { deviceId: 'x', publicKey: 'k', tokens: { operator: 'secret' }, extra: 1 }
    writeFileSync(join(directory, 'paired.json'), JSON.stringify({ x: foreign }))
    const store = openDeviceStore(directory)
    for (let index = 0; index < 60; index += 1) store.request(claim(`d${index}`))
    expect(store.list().pending).toHaveLength(50)
    store.approve(store.list().pending[0]?.requestId ?? '')
    expect(store.list().paired).toContainEqual({ deviceId: 'x', publicKey: 'k', extra: 1 })
    expect(JSON.parse(readFileSync(join(directory, 'paired.json'), 'utf8')).x).toEqual(foreign)
  })

  test('a paired id with another key is not paired', () => {
    const store = openDeviceStore(join(home.home, 'd'))
    store.approve(store.request(claim('a')).requestId)
    expect(store.isPaired('a', 'key-a')).toBe(true)
    expect(store.isPaired('a', 'key-b')).toBe(false)
  })
})

describe('who is local', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.2.100', false],
    ['127.0.0.1.evil.com', false],
    ['', false],
    [undefined, false],
  ])('%j: %s', (address, expected) => expect(isLoopbackAddress(address)).toBe(expected))

  test.each([
    [undefined, '127.0.0.1:18789', [], true],
    ['http://127.0.0.1:18789', '127.0.0.1:18789', [], true],
    ['http://localhost:18789', '127.0.0.1:18789', [], true],
    ['http://localhost:18780', '127.0.0.1:18789', [], false],
    ['http://127.0.0.1.evil.com:18789', '127.0.0.1:18789', [], false],
    ['https://gw.example', 'gw.example', [], true],
    ['https://panel.example', 'gw.example', ['https://panel.example/'], true],
    ['http://panel.example', 'gw.example', ['https://panel.example'], false],
    ['http://a', undefined, [], false],
    ['nonsense', 'nonsense', [], false],
  ])('Origin %j at Host %j, allowed %j: %s', (origin, host, allowed, expected) => {
    expect(isOriginAllowed(origin, host, allowed)).toBe(expected)
  })
})
