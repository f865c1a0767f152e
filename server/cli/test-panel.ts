/** For tests: a panel that speaks the contract on a unix socket, and the process around a command. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { json } from 'node:stream/consumers'
import Value from 'typebox/value'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Endpoint } from '../../contract/endpoint.ts'
import { type Body, ENDPOINTS, type Response } from '../../contract/endpoints.ts'
import { EventsHello, type PanelEvent } from '../../contract/events.ts'
import { listLines } from '../../contract/log-rows.ts'
import { type LogQuery, type LogSearchFrame, LogSearchHello, LogsHello } from '../../contract/logs.ts'
import type { Operation, OperationStep, Status } from '../../contract/schemas.ts'
import { InputError, NotFoundError, PanelError, toProblem } from '../errors.ts'
import type { CliIo, CliServices } from './cli-io.ts'
import { COMMANDS } from './command-list.ts'
import type { RequestKey } from './control-request.ts'
import { runCli } from './run-cli.ts'
import type { LogFrame } from './stream-logs.ts'

export interface SeenRequest {
  readonly key: string
  readonly url: string
  readonly body: unknown
  readonly headers: IncomingMessage['headers']
}
export type TestHandlers = {
  [K in RequestKey]?: (request: SeenRequest & { body: Body<K> }) => Response<K> | Promise<Response<K>>
}
export interface TestSockets {
  events?: (socket: WebSocket, hello: EventsHello, send: (event: PanelEvent) => void) => void
  search?: (query: LogQuery) => readonly LogSearchFrame[]
  logs?: (socket: WebSocket, hello: LogsHello, send: (frame: LogFrame) => void) => void
}
export interface TestPanel {
  readonly socketPath: string
  readonly requests: SeenRequest[]
  /** Ends every open WebSocket as a crash would. */
  dropSockets(): void
  close(): Promise<void>
}

/** Answers like the panel: bodies are checked against the contract, errors are problem documents. */
export async function startTestPanel(handlers: TestHandlers, sockets: TestSockets = {}): Promise<TestPanel> {
  const directory = await mkdtemp(join(tmpdir(), 'razroom-panel-cli-'))
  const socketPath = join(directory, 'control.sock')
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    answer(handlers, requests, request).then(
      ({ status, body }) => sendJson(response, status, body),
      (error: unknown) =>
        sendJson(response, error instanceof PanelError ? error.status : 500, toProblem(error, 'req-1')),
    )
  })
  const upgrades = new WebSocketServer({ server })
  upgrades.on('connection', (socket, request) => {
    socket.once('message', (data) =>
      serveSocket(sockets, socket, request.url ?? '', JSON.parse(String(data))),
    )
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const dropSockets = (): void => {
    for (const socket of upgrades.clients) socket.terminate()
  }
  return {
    socketPath,
    requests,
    dropSockets,
    async close() {
      dropSockets()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(directory, { recursive: true })
    },
  }
}

function serveSocket(
  { events, logs, search }: TestSockets,
  socket: WebSocket,
  url: string,
  hello: unknown,
): void {
  const send = (frame: unknown): void => socket.send(JSON.stringify(frame))
  if (url === '/api/events' && events && Value.Check(EventsHello, hello)) events(socket, hello, send)
  else if (url === '/api/logs/stream' && logs && Value.Check(LogsHello, hello))
    logs(socket, hello, (frame) =>
      frame.type === 'lines' ? listLines(frame.lines).map((rows) => socket.send(rows)) : send(frame),
    )
  else if (url === '/api/logs/search' && search && Value.Check(LogSearchHello, hello)) {
    for (const frame of search(hello.query)) send(frame)
    socket.close(1000)
  } else socket.close(4400)
}

async function answer(
  handlers: TestHandlers,
  requests: SeenRequest[],
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const key = findKey(request.method ?? '', url.pathname)
  const isJson = request.headers['content-type'] === 'application/json'
  const body = isJson ? await json(request) : undefined
  const endpoint: Endpoint = ENDPOINTS[key]
  if (endpoint.body ? !Value.Check(endpoint.body, body) : body !== undefined)
    throw new InputError('REQUEST_INVALID', { detail: `${key} ${JSON.stringify(body)}` })
  const query = Object.fromEntries(url.searchParams)
  if (endpoint.query && !Value.Check(endpoint.query, Value.Convert(endpoint.query, query)))
    throw new InputError('REQUEST_INVALID', { detail: url.search })
  const seen: SeenRequest = { key, url: request.url ?? '', body, headers: request.headers }
  requests.push(seen)
  const handler = handlers[key] as ((request: SeenRequest) => unknown) | undefined
  if (handler === undefined) throw new NotFoundError('NOT_FOUND', { detail: `the test has no ${key}` })
  return { status: endpoint.status ?? 200, body: await handler(seen) }
}

function findKey(method: string, path: string): RequestKey {
  const found = (Object.keys(ENDPOINTS) as RequestKey[]).find((key) => {
    const [keyMethod, pattern = ''] = key.split(' ')
    return (
      keyMethod === method && new RegExp(`^${pattern.replace(/:[a-z]+/g, '[a-z0-9-]{1,64}')}$`).test(path)
    )
  })
  if (found === undefined) throw new NotFoundError('NOT_FOUND', { detail: `${method} ${path}` })
  return found
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(status === 204 ? undefined : JSON.stringify(body))
}

export interface TestRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly panel?: TestPanel | undefined
  readonly isDaemon?: boolean
  readonly stdin?: string
  readonly io?: Partial<CliIo>
  readonly services?: Partial<CliServices>
  /** Is given the way to press Ctrl-C. */
  readonly onStart?: (interrupt: () => void) => void
  readonly onStdout?: (text: string) => void
}

/** Runs one command line as root against the panel, and collects what it writes. */
export async function runTestCli(argv: readonly string[], options: RunOptions = {}): Promise<TestRun> {
  const written = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        written[name] += chunk
        if (name === 'stdout') options.onStdout?.(written.stdout)
        done()
      },
    })
  const stdin = new PassThrough()
  stdin.end(options.stdin ?? '')
  const interrupts = new Set<() => void>()
  options.onStart?.(() => {
    for (const handler of [...interrupts]) handler()
  })
  const io: CliIo = {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    stdin,
    isTty: false,
    env: {},
    uid: 0,
    hasSudo: true,
    cwd: '/somewhere',
    onInterrupt: (handler) => {
      interrupts.add(handler)
      return () => interrupts.delete(handler)
    },
    ...options.io,
  }
  const code = await runCli(argv, io, { ...testServices(options), ...options.services })
  return { code, ...written }
}

/** A record that allows nothing and keeps nothing. */
export const NO_ALLOWANCES: CliServices['allowances'] = {
  list: async () => ({ users: [], made: [], paths: [] }),
  addUser: async () => undefined,
  removeUser: async () => undefined,
  addPath: async () => undefined,
  removePath: async () => undefined,
}

function testServices({ panel, isDaemon = true }: RunOptions): CliServices {
  const unexpected = (what: string) => (): never => {
    throw new Error(`the test did not expect ${what}`)
  }
  return {
    version: '1.2.3',
    commands: COMMANDS,
    serve: unexpected('serve'),
    readInputFile: unexpected('readInputFile'),
    writeOutputFile: unexpected('writeOutputFile'),
    checkEnv: unexpected('checkEnv'),
    uninstall: unexpected('uninstall'),
    runWizard: unexpected('runWizard'),
    allowances: NO_ALLOWANCES,
    hasPath: async () => true,
    findAccountName: async (key) => (key === '77777' || key === 'ghost' ? null : 'alice'),
    connect: async () => {
      if (panel === undefined) throw new Error('the test did not expect connect')
      return { socketPath: panel.socketPath, isDaemon, close: async () => {} }
    },
  }
}

export const TEST_STATUS: Status = {
  gateway: {
    state: 'running',
    mode: 'container',
    startsAtBoot: false,
    healthy: true,
    since: '2026-11-23T11:40:00.000Z',
    ports: { address: '127.0.0.1', gateway: 18789, bridge: 18790 },
    url: 'http://127.0.0.1:18789/',
    containerName: 'razroom',
  },
  image: {
    source: { kind: 'bundled' },
    label: 'bundled gateway',
    reference: 'localhost/razroom:bundled',
    id: 'sha256:1',
    createdAt: '2026-11-23T11:00:00.000Z',
    sizeBytes: 1,
    isRunning: true,
  },
  restartRequired: false,
  restartReasons: [],
  warnings: [],
  goBack: [],
  isSetUp: true,
  user: { name: 'razroom', uid: 999, home: '/home/razroom' },
  panel: { version: '1.2.3' },
  operationId: null,
}

export function testStep(
  id: string,
  state: OperationStep['state'],
  more: Partial<OperationStep> = {},
): OperationStep {
  return { id, title: `Step ${id}`, state, ...more }
}

export function testOperation(more: Partial<Operation> = {}): Operation {
  return {
    id: 'op-1',
    kind: 'setup',
    state: 'succeeded',
    startedAt: '2026-11-23T11:40:00.000Z',
    startedBy: 'cli',
    steps: [testStep('user', 'done', { did: 'created uid 999' }), testStep('image', 'unchanged')],
    output: [],
    changed: true,
    ...more,
  }
}

/** An events socket that tells the operation at once, as after a snapshot. */
export function tellOperation(operation: Operation): NonNullable<TestSockets['events']> {
  return (_socket, _hello, send) =>
    send({ type: 'snapshot', id: 'boot:1', status: TEST_STATUS, operations: [operation] })
}
