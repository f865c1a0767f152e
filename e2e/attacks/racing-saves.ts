/**
 * Runs inside a host, as root: several writers that read `.env` through the panel and save it, each against what it read.
 * Takes its orders as JSON on stdin and prints every answer.
 */
import { text } from 'node:stream/consumers'
import { callPanel, readApiToken } from './panel-client.ts'

export interface SaveOrders {
  readonly writers: number
  /** They end when so many saves were accepted, or after that time ... */
  readonly enough: number
  readonly limitMs: number
  /** ... but not before so many of them were made over a version that was not theirs. */
  readonly foreign?: number
}

export interface SaveTry {
  readonly what: 'read' | 'save'
  readonly status: number
  /** The code of the problem; empty for an answer that is none. */
  readonly code: string
  /** The etag that the save was made against. */
  readonly base: string
  /** Of a save that was accepted: the etag of what it wrote. */
  readonly saved: string
  readonly body: string
  readonly tookMs: number
}

const PATIENCE_MS = 100_000
const orders = JSON.parse(await text(process.stdin)) as SaveOrders
const token = readApiToken()
const tries: SaveTry[] = []
const deadline = Date.now() + orders.limitMs
let accepted = 0
const [bases, own] = [new Set<string>(), new Set<string>()]
const isOver = (): boolean =>
  (accepted >= orders.enough || Date.now() > deadline) &&
  ([...bases].filter((base) => !own.has(base)).length >= (orders.foreign ?? 0) ||
    Date.now() > deadline + PATIENCE_MS)

const field = (body: string, name: string): string => {
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown>)[name]
    return typeof value === 'string' ? value : ''
  } catch {
    // An answer that was cut off is no document.
    return ''
  }
}

async function write(writer: number): Promise<void> {
  for (let count = 0; !isOver(); count += 1) {
    const read = await callPanel(token, { key: 'GET /api/env' })
    const base = field(read.body, 'etag')
    tries.push({ what: 'read', base, saved: '', code: field(read.body, 'code'), ...read })
    if (read.status !== 200) continue
    const edit = { op: 'set', key: `WRITER_${writer}`, value: `${process.pid}-${count}` }
    const save = await callPanel(token, { key: 'PUT /api/env', body: { edits: [edit] }, etag: base })
    const saved = save.status === 200 ? field(save.body, 'etag') : ''
    if (save.status === 200) {
      accepted += 1
      bases.add(base)
      own.add(saved)
    }
    tries.push({ what: 'save', base, saved, code: field(save.body, 'code'), ...save })
  }
}

await Promise.all(Array.from({ length: orders.writers }, (_, writer) => write(writer)))
process.stdout.write(JSON.stringify(tries))
