/**
 * Runs inside a host, as root: what the panel takes for what is asked of it most. Nothing but Node. Prints one JSON document.
 *
 *     daemon-client.ts starts TIMES | status TIMES | env TIMES | env-answer TIMES
 */
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'

const CONTROL = '/run/razroom-panel/control.sock'
const SERVICES = ['razroom-panel.service', 'razroom-panel-host.service']
const ENV_FILE = '/home/razroom/.razroom/.env'
const ENV_LINES = 500
/** More than a minute for each would be no figure any more. */
const TIMEOUT_MS = 60_000

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

interface Sent {
  readonly status: number
  readonly text: string
}

function send(to: object, path: string, method = 'GET', body?: unknown, etag?: string): Promise<Sent> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(etag === undefined ? {} : { 'if-match': `"${etag}"` }),
  }
  return new Promise((resolve, reject) => {
    const asked = request({ agent, ...to, path, method, headers, timeout: TIMEOUT_MS }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** @returns the document @throws for any other answer than 200 */
async function control<T>(path: string, method?: string, body?: unknown, etag?: string): Promise<T> {
  const { status, text } = await send({ socketPath: CONTROL }, path, method, body, etag)
  if (status !== 200) throw new Error(`${method ?? 'GET'} ${path}: ${status} ${text}`)
  return JSON.parse(text) as T
}

async function timesOf(times: number, once: (round: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let round = 0; round < times; round += 1) {
    const begun = performance.now()
    await once(round)
    taken.push(performance.now() - begun)
  }
  return taken
}

/** From `systemctl start` to the first 200: the sockets are held, so that the first request waits. */
async function start(): Promise<void> {
  execFileSync('systemctl', ['start', ...SERVICES.slice(0, 1)])
  const { status } = await send({ host: '127.0.0.1', port: 18_780, agent: false }, '/healthz')
  if (status !== 200) throw new Error(`healthz: ${status}`)
}

async function starts(times: number): Promise<number[]> {
  const taken: number[] = []
  for (let round = 0; round < times; round += 1) {
    execFileSync('systemctl', ['stop', '--quiet', ...SERVICES], { stdio: 'ignore' })
    taken.push(...(await timesOf(1, start)))
  }
  return taken
}

/** Until another file is in its place. It is synced before, and pages are told right after; the answer asks podman, too. */
async function isPlaced(): Promise<void> {
  const { ino } = statSync(ENV_FILE)
  while (statSync(ENV_FILE).ino === ino) await turn()
}

async function saves(times: number, until: 'placed' | 'answered'): Promise<number[]> {
  // Without a token the gateway would not start, and the save is refused.
  const token = `RAZROOM_GATEWAY_TOKEN=${'0123456789abcdef'.repeat(4)}\n`
  const textOf = (round: number): string =>
    token + Array.from({ length: ENV_LINES - 1 }, (_, line) => `BENCH_${line}=of round ${round}\n`).join('')
  let { etag } = await control<{ etag: string }>('/api/env')
  const taken: number[] = []
  for (let round = 0; round < times; round += 1) {
    const answer = control<{ etag: string }>('/api/env', 'PUT', { text: textOf(round) }, etag)
    taken.push(...(await timesOf(1, () => (until === 'placed' ? isPlaced() : answer))))
    ;({ etag } = await answer)
  }
  return taken
}

const [mode = '', count = '1'] = process.argv.slice(2)
const times = Number(count)
const taken =
  mode === 'starts'
    ? await starts(times)
    : mode === 'env' || mode === 'env-answer'
      ? await saves(times, mode === 'env' ? 'placed' : 'answered')
      : await timesOf(times, () => control('/api/status'))
agent.destroy()
console.log(JSON.stringify(taken))
