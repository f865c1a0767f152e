/** Sees to it that the lines of a container come into the gateway's log file, also of one that was made otherwise. */
import { setTimeout as sleep } from 'node:timers/promises'
import { logSourceOf } from '../domain/log-source.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, UserAccount } from '../host/host.ts'
import { readPaths } from './gateway-files.ts'
import { unitPlace } from './unit-file.ts'

/** What failed once, a full disk for example, may do later. */
const RETRY_MS = 30_000
/** A full file is followed by the next one under its name. */
const RELINK_MS = 10_000

export interface LogRecorder {
  /** A look at the machine. Lines of a container that is gone may still come: they are taken until another is there. */
  saw(user: UserAccount | null, container: ContainerFacts | null): void
  close(): Promise<void>
}

export function createLogRecorder(host: Host): LogRecorder {
  const closing = new AbortController()
  let current = ''
  let stop = new AbortController()
  let work: Promise<void> = Promise.resolve()

  async function record(user: UserAccount, container: ContainerFacts, signal: AbortSignal): Promise<void> {
    const { logFile } = await readPaths(host, user)
    const source = logSourceOf(container, logFile)
    while (source.kind === 'file' && !signal.aborted) {
      await host.linkLog(user, source.path, logFile)
      await pause(RELINK_MS, signal)
    }
    if (source.kind !== 'journal') return
    const unit = unitPlace(user, container.name, 'quadlet').name
    await host.recordJournal(user, { container: container.name, unit, path: logFile }, { signal })
  }

  async function recordUntil(user: UserAccount, container: ContainerFacts, signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await record(user, container, signal)
        return
      } catch (error) {
        if (signal.aborted) return
        console.error('log of the gateway:', error instanceof PanelError ? error.message : error)
      }
      await pause(RETRY_MS, signal)
    }
  }

  return {
    saw(user, container) {
      if (!user || !container || closing.signal.aborted) return
      const { logDriver, logPath, name } = container
      const next = JSON.stringify([user.name, name, logDriver, logPath])
      if (next === current) return
      current = next
      stop.abort()
      stop = new AbortController()
      const signal = AbortSignal.any([closing.signal, stop.signal])
      work = work.then(() => recordUntil(user, container, signal))
    },
    async close() {
      closing.abort()
      await work
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // Ended by the signal: who waits looks at that itself.
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
