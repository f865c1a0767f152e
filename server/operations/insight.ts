/**
 * What the gateway says of itself, kept until somebody asks again. Its commands load the whole program, or every plugin:
 * nothing runs unless it was asked for, one at a time, at the lowest priority, and only beside a gateway that is up.
 */
import {
  type GatewayInsight,
  INSIGHT_PARTS,
  type InsightPartName,
  type InsightRefresh,
} from '../../contract/insight.ts'
import type { OperationKind, Status } from '../../contract/schemas.ts'
import { maskKeys } from '../domain/insight/mask-keys.ts'
import { maskTexts } from '../domain/insight/mask-texts.ts'
import { plainText } from '../domain/plain-text.ts'
import { ConflictError, HostError, PanelError, toProblem } from '../errors.ts'
import type { EventBus } from '../events.ts'
import { NOT_RUNNING } from './devices.ts'
import type { GatewayCommands } from './gateway-commands.ts'
import { INSIGHT_COMMANDS } from './insight-commands.ts'

const QUICK_STALE_MS = 10 * 60_000
const SLOW_STALE_MS = 30 * 60_000
/** On an idle machine they take 2 to 6 s, and 55 to 75 s (docs/facts/razroom-gateway.md); at this priority they may wait. */
const QUICK_TIMEOUT_MS = 90_000
const SLOW_TIMEOUT_MS = 300_000
/** Of output that is not understood. */
const MAX_LOOKED_AT = 4_096
const MAX_SAID = 200
/** After these another gateway may be there. */
const RESETTLING = new Set<OperationKind>(['setup', 'restore'])

export interface Insight {
  /** What was said last. Runs nothing. */
  read(): Promise<GatewayInsight>
  /**
   * Has the parts read, all of them unless some are named, and answers at once how far that is.
   * @throws {PanelError} SETUP_REQUIRED, GATEWAY_NOT_RUNNING or OPERATION_RUNNING, but not with `onlyStale`
   */
  refresh(request: InsightRefresh): Promise<GatewayInsight>
  /** Nothing is begun any more. */
  close(): void
}

export interface InsightOptions {
  readonly bus: EventBus
  readonly commands: GatewayCommands
  readonly readStatus: () => Promise<Status>
  /** An operation goes on, which may stop or start the gateway. */
  readonly isBusy: () => boolean
  /** Masks the secrets that are known; what only looks like one is masked here. */
  readonly redact: (text: string) => string
}

type Parts = GatewayInsight['parts']
type Told = Pick<Parts['version'], 'at' | 'tookMs' | 'problem' | 'failedAt'> & { value?: unknown }

export function createInsight(options: InsightOptions): Insight {
  const { bus, readStatus, isBusy } = options
  let told = new Map<InsightPartName, Told>()
  let queue: InsightPartName[] = []
  let reading: { readonly name: InsightPartName; readonly startedAt: string } | null = null
  let isWorking = false
  let isClosed = false

  const publish = () => {
    if (!isClosed) bus.publish({ type: 'insight.changed' })
  }
  const unsubscribe = bus.subscribe((event) => {
    if (event.type !== 'operation.finished' || !RESETTLING.has(event.operation.kind)) return
    told = new Map()
    publish()
  })

  function describe(status: Status): GatewayInsight {
    const obstacle = obstacleOf(status, isBusy())
    const part = (name: InsightPartName) => {
      const isReading = reading?.name === name
      return {
        progress: isReading ? 'reading' : queue.includes(name) ? 'waiting' : 'idle',
        ...(isReading && reading ? { startedAt: reading.startedAt } : {}),
        isSlow: INSIGHT_COMMANDS[name].isSlow,
        command: commandOf(status, name),
        ...told.get(name),
      }
    }
    return {
      available: obstacle === null,
      ...(obstacle ? { reason: obstacle.detail ?? obstacle.message } : {}),
      // Each value is what the reader of its own part has returned.
      parts: Object.fromEntries(INSIGHT_PARTS.map((name) => [name, part(name)])) as Parts,
      at: new Date().toISOString(),
    }
  }

  async function readPart(name: InsightPartName): Promise<void> {
    const memory = told
    const begun = Date.now()
    reading = { name, startedAt: new Date(begun).toISOString() }
    publish()
    const before = told.get(name) ?? {}
    try {
      const value = await ask(options, name)
      const at = new Date().toISOString()
      memory.set(name, { value, at, tookMs: Date.now() - begun })
    } catch (error) {
      if (!(error instanceof PanelError)) console.error(`insight, ${name}:`, error)
      // It was stopped meanwhile: that says nothing of the command.
      if (!(await isAskable())) return
      const problem = maskProblem(toProblem(error), options.redact)
      const failedAt = new Date().toISOString()
      const { problem: _, ...kept } = before
      memory.set(name, { ...kept, tookMs: Date.now() - begun, problem, failedAt })
    }
  }

  /** Never throws: where the status cannot be read, the gateway is not asked. */
  async function isAskable(): Promise<boolean> {
    try {
      return obstacleOf(await readStatus(), isBusy()) === null
    } catch (error) {
      console.error('insight:', error instanceof PanelError ? error.message : error)
      return false
    }
  }

  /** One after the other; who asks while one is read finds its own in the queue. */
  async function workOff(): Promise<void> {
    if (isWorking) return
    isWorking = true
    while (queue.length > 0 && !isClosed) {
      const isPossible = await isAskable()
      const next = queue.shift()
      // What still waits would meet the same obstacle.
      if (!isPossible) queue = []
      else if (next !== undefined) await readPart(next)
      reading = null
      publish()
    }
    isWorking = false
  }

  return {
    read: async () => describe(await readStatus()),
    async refresh({ parts = INSIGHT_PARTS, onlyStale = false }) {
      const status = await readStatus()
      const obstacle = obstacleOf(status, isBusy())
      if (obstacle) {
        if (onlyStale) return describe(status)
        throw obstacle
      }
      const wanted = INSIGHT_PARTS.filter((name) => {
        const isUnderWay = reading?.name === name || queue.includes(name)
        const isDue = !onlyStale || isStale(told.get(name), INSIGHT_COMMANDS[name].isSlow, status)
        return parts.includes(name) && !isUnderWay && isDue
      })
      if (wanted.length === 0) return describe(status)
      queue = INSIGHT_PARTS.filter((name) => queue.includes(name) || wanted.includes(name))
      void workOff()
      publish()
      return describe(status)
    },
    close() {
      isClosed = true
      queue = []
      unsubscribe()
    },
  }
}

/** Why nothing may be asked now. */
function obstacleOf({ isSetUp, gateway }: Status, isBusy: boolean): PanelError | null {
  if (!isSetUp) return new ConflictError('SETUP_REQUIRED', { detail: 'There is no gateway yet.' })
  if (gateway.state !== 'running') {
    const detail = `The gateway does not run: ${NOT_RUNNING[gateway.state]}.`
    return new ConflictError('GATEWAY_NOT_RUNNING', { detail })
  }
  if (!isBusy) return null
  return new ConflictError('OPERATION_RUNNING', {
    detail: 'The gateway is not asked while an operation goes on.',
  })
}

/** Long ago, or said by a run before this one. */
function isStale({ at, failedAt }: Told = {}, isSlow: boolean, { gateway }: Status): boolean {
  const times = [at, failedAt].flatMap((time) => (time === undefined ? [] : [Date.parse(time)]))
  if (times.length === 0) return true
  const latest = Math.max(...times)
  const limit = isSlow ? SLOW_STALE_MS : QUICK_STALE_MS
  return Date.now() - latest > limit || (gateway.since !== undefined && latest < Date.parse(gateway.since))
}

function commandOf({ gateway, user }: Status, name: InsightPartName): string {
  const words = INSIGHT_COMMANDS[name].words.join(' ')
  return `cd / && sudo -u ${user.name} podman exec ${gateway.containerName} node dist/index.js ${words}`
}

async function ask({ commands, redact }: InsightOptions, name: InsightPartName): Promise<unknown> {
  const { words, isSlow, read } = INSIGHT_COMMANDS[name]
  const { stdout } = await commands.runInBackground(words, isSlow ? SLOW_TIMEOUT_MS : QUICK_TIMEOUT_MS)
  const value = read(stdout)
  if (value === null) {
    const said = plainText(maskKeys(redact(stdout.slice(0, MAX_LOOKED_AT))), MAX_SAID)
    const detail = `what ${words.join(' ')} printed is not what was expected: ${said || '(nothing)'}`
    throw new HostError('GATEWAY_COMMAND_FAILED', { detail })
  }
  return maskTexts(value, redact)
}

function maskProblem(problem: ReturnType<typeof toProblem>, redact: (text: string) => string) {
  const { detail } = problem
  return detail === undefined ? problem : { ...problem, detail: maskKeys(redact(detail)) }
}
