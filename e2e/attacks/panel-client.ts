/**
 * For programs that run inside a host, as root: asks the panel over TCP as a script does. Imports nothing but Node, for
 * nothing else of the tests is in the host.
 */
import { readFileSync } from 'node:fs'
import { type ClientRequest, request } from 'node:http'

const LIMIT_MS = 60_000

export interface Answer {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly body: string
  readonly tookMs: number
}

export interface Ask {
  readonly key: string
  readonly body?: unknown
  readonly etag?: string
  /** Ends the wait: the answer then has status 0. */
  readonly signal?: AbortSignal
}

export const readApiToken = (): string => readFileSync('/var/lib/razroom-panel/api-token', 'utf8').trim()

/** One request on a connection of its own. Never throws: that the panel died is an answer too. */
export function callPanel(token: string, { key, body, etag, signal }: Ask): Promise<Answer> {
  const [method = '', path = ''] = key.split(' ')
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    Authorization: `Bearer ${token}`,
    Connection: 'close',
    ...(text === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    ...(etag === undefined ? {} : { 'If-Match': `"${etag}"` }),
  }
  const begun = performance.now()
  return new Promise((resolve) => {
    let status = 0
    let answer = ''
    const finish = (): void => resolve({ status, body: answer, tookMs: performance.now() - begun })
    const asked: ClientRequest = request({
      host: '127.0.0.1',
      port: 18780,
      method,
      path,
      headers,
      timeout: LIMIT_MS,
      ...(signal === undefined ? {} : { signal }),
    })
    asked.on('response', (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        answer += chunk
      })
      response.on('end', () => {
        status = response.statusCode ?? 0
        finish()
      })
      response.on('error', finish)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', finish)
    asked.end(text)
  })
}

/** The same numbers for the same seed (mulberry32), between 0 and 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
