/** One function for each podman verb, always as the gateway's user. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError, CommandTimeout, HostError, PanelError, SetupError } from '../errors.ts'
import type { ContainerEvent, ContainerFacts, ImageFacts, UserAccount, Watch } from './host.ts'
import { lacksIds, PodmanInfo, parseContainer, parseEvent, parseImage, parsePodman } from './podman-output.ts'
import type { RunAsUser } from './run-as-user.ts'

const QUERY_TIMEOUT_MS = 60_000
/** A look at a container takes some 100 ms, on a busy machine a second. */
const FIRST_LOOK_MS = 15_000
/** The first start with keep-id copies the whole image: minutes for one of some GB (docs/facts/podman-and-systemd.md). */
const RUN_TIMEOUT_MS = 900_000
const STOP_MARGIN_MS = 60_000
/** Events are followed for this long at a time; the caller starts them again. */
const EVENTS_TIMEOUT_MS = 24 * 3_600_000
const QUEUE_EVENTS = 1_000
const PREPARED_LOOK_MS = 500
/** EADDRINUSE as pasta, slirp4netns and podman print it. */
const PORT_TAKEN = /address already in use/i
/** Of `podman logs`, 4.3 and 5.4. */
const NO_CONTAINER = /no such container|no container with name or ID/i
const PORT_TRIES = 10
const PORT_PAUSE_MS = 300

export interface Podman {
  checkPodman(user: UserAccount): Promise<{ runtime: string; cgroups: string; graphRoot: string }>
  inspectContainer(user: UserAccount, name: string): Promise<ContainerFacts | null>
  inspectImage(user: UserAccount, reference: string): Promise<ImageFacts | null>
  runContainer(user: UserAccount, args: readonly string[], watch?: Watch): Promise<{ id: string }>
  stopContainer(user: UserAccount, name: string, timeoutSeconds: number, watch?: Watch): Promise<void>
  removeContainer(user: UserAccount, name: string): Promise<void>
  readContainerLogs(user: UserAccount, name: string, lines: number): Promise<readonly string[]>
  watchContainers(user: UserAccount, signal: AbortSignal): AsyncIterable<ContainerEvent>
}

/**
 * @param runAsUser runs a program with the rights of the user and nothing of ours
 * @param isPrepared whether podman may be run for this user already; until then there are no containers and no images.
 *   The first run decides for good about the ids and the image store of the user.
 */
export function createPodman(
  runAsUser: RunAsUser,
  isPrepared: (user: UserAccount) => Promise<boolean> = async () => true,
): Podman {
  async function readInfo(user: UserAccount) {
    const { stdout } = await runAsUser(user, ['podman', 'info', '--format', 'json'], {
      timeoutMs: QUERY_TIMEOUT_MS,
    })
    return parsePodman(PodmanInfo, stdout, 'podman info')
  }

  /** Runs an inspection; null when podman says that there is no such thing, whatever its exit code (1 in 4.x, 125 in 5.x). */
  async function inspect(
    user: UserAccount,
    kind: 'container' | 'image',
    name: string,
  ): Promise<string | null> {
    if (!(await isPrepared(user))) return null
    const { exitCode, stdout, stderrLines } = await inspectPatiently(user, kind, name)
    if (exitCode === 0) return stdout
    const said = stderrLines.join('\n')
    if (/no such (container|image|object)|failed to find image|image not known/i.test(said)) return null
    throw new HostError('COMMAND_FAILED', {
      detail: `podman ${kind} inspect exited with ${exitCode}: ${stderrLines.slice(-3).join(' | ')}`,
      command: `podman ${kind} inspect ${name}`,
    })
  }

  /** podman may wait long on the lock of a container that is being removed; asked anew it answers at once. */
  async function inspectPatiently(user: UserAccount, kind: 'container' | 'image', name: string) {
    const look = (timeoutMs: number) =>
      runAsUser(user, ['podman', kind, 'inspect', '--', name], { timeoutMs, okExitCodes: [0, 1, 125] })
    try {
      return await look(FIRST_LOOK_MS)
    } catch (error) {
      if (error instanceof CommandTimeout) return look(QUERY_TIMEOUT_MS)
      throw error
    }
  }

  return {
    async checkPodman(user) {
      try {
        let info = await readInfo(user)
        if (lacksIds(info)) {
          await runAsUser(user, ['podman', 'system', 'migrate'], { timeoutMs: QUERY_TIMEOUT_MS })
          info = await readInfo(user)
        }
        const { host, store } = info
        const graphRoot = `${store.graphRoot} (${store.graphDriverName})`
        return { runtime: host.ociRuntime.name, cgroups: host.cgroupVersion, graphRoot }
      } catch (error) {
        if (!(error instanceof PanelError) || error.code !== 'COMMAND_FAILED') throw error
        throw new SetupError('PODMAN_UNUSABLE', {
          ...(error.detail === undefined ? {} : { detail: error.detail }),
          command: 'podman info',
          cause: error,
        })
      }
    },
    async inspectContainer(user, name) {
      const text = await inspect(user, 'container', name)
      return text === null ? null : parseContainer(text)
    },
    async inspectImage(user, reference) {
      const text = await inspect(user, 'image', reference)
      return text === null ? null : parseImage(text, reference)
    },
    async runContainer(user, args, watch) {
      const { stdout } = await withFreePorts(watch?.signal, () =>
        runAsUser(user, ['podman', 'run', ...args], {
          timeoutMs: RUN_TIMEOUT_MS,
          leavesProcesses: true,
          watch,
        }),
      )
      const id = /^[0-9a-f]{64}$/m.exec(stdout)?.[0]
      if (id === undefined)
        throw new HostError('COMMAND_FAILED', { detail: 'podman run did not print the id of the container' })
      return { id }
    },
    async stopContainer(user, name, timeoutSeconds, watch) {
      await runAsUser(user, ['podman', 'stop', '--ignore', '--time', String(timeoutSeconds), '--', name], {
        timeoutMs: timeoutSeconds * 1000 + STOP_MARGIN_MS,
        watch,
      })
    },
    async removeContainer(user, name) {
      await runAsUser(user, ['podman', 'rm', '--force', '--ignore', '--', name], {
        timeoutMs: QUERY_TIMEOUT_MS,
      })
    },
    async readContainerLogs(user, name, lines) {
      const said: string[] = []
      try {
        await runAsUser(user, ['podman', 'logs', '--tail', String(lines), '--', name], {
          timeoutMs: QUERY_TIMEOUT_MS,
          capture: false,
          watch: { onLine: ({ text }) => said.push(text) },
        })
      } catch (error) {
        // systemd takes one that failed away, and makes another, at any moment.
        if (error instanceof CommandError && NO_CONTAINER.test(error.failure.lastLines.at(-1) ?? ''))
          return []
        throw error
      }
      return said.slice(-lines)
    },
    async *watchContainers(user, signal) {
      while (!(await isPrepared(user))) {
        if (signal.aborted) return
        await sleep(PREPARED_LOOK_MS)
      }
      yield* watchContainers(runAsUser, user, signal)
    },
  }
}

/**
 * Runs it again while a port is still taken: the network helper of the container that is replaced (pasta(1)) ends by
 * itself some time after podman has removed the container, and holds its ports until then.
 */
async function withFreePorts<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run()
    } catch (error) {
      const isTaken =
        error instanceof CommandError && error.failure.lastLines.some((line) => PORT_TAKEN.test(line))
      if (!isTaken || tries === PORT_TRIES || signal?.aborted) throw error
      await sleep(PORT_PAUSE_MS)
    }
  }
}

/** podman's event stream as a sequence; ends when the signal fires, throws when podman ends by itself. */
async function* watchContainers(
  runAsUser: RunAsUser,
  user: UserAccount,
  signal: AbortSignal,
): AsyncIterable<ContainerEvent> {
  const queue: ContainerEvent[] = []
  const ending = new AbortController()
  const onAbort = () => ending.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) ending.abort()
  let wake: () => void = () => {}
  let end: { error: unknown } | null = null
  const finish = (error: unknown) => {
    end = { error }
    wake()
  }
  const onLine = ({ stream, text }: { stream: string; text: string }) => {
    const event = stream === 'stdout' ? parseEvent(text) : null
    if (!event) return
    queue.push(event)
    // The events only say "look again": of a flood the last ones are enough.
    if (queue.length > QUEUE_EVENTS) queue.shift()
    wake()
  }
  const done = runAsUser(
    user,
    ['podman', 'events', '--stream', '--format', 'json', '--filter', 'type=container'],
    {
      timeoutMs: EVENTS_TIMEOUT_MS,
      capture: false,
      companion: 'events',
      watch: { signal: ending.signal, onLine },
    },
  ).then(() => finish(new HostError('COMMAND_FAILED', { detail: 'podman events ended' })), finish)
  try {
    while (!signal.aborted) {
      const event = queue.shift()
      if (event) yield event
      else if (end) throw (end as { error: unknown }).error
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    ending.abort()
    await done
  }
}
