import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CommandError, CommandTimeout, ConflictError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import { createPodman } from './podman.ts'
import type { RunAsUser, UserRunOptions } from './run-as-user.ts'
import type { CommandResult } from './run-command.ts'

const user: UserAccount = { name: 'razroom', uid: 999, gid: 999, home: '/home/razroom', shell: '/bin/false' }
const ID = 'a'.repeat(64)

/** Podman on top of a runner that answers from a table and remembers what it was asked. */
function podmanWith(answer: (argv: readonly string[], options: UserRunOptions) => Partial<CommandResult>) {
  const calls: { argv: readonly string[]; options: UserRunOptions }[] = []
  const runAsUser: RunAsUser = async (_user, argv, options) => {
    calls.push({ argv, options })
    const result = { exitCode: 0, stdout: '', stderrLines: [], ...answer(argv, options) }
    if (!(options.okExitCodes ?? [0]).includes(result.exitCode)) {
      throw new CommandError({ argv, exitCode: result.exitCode, lastLines: result.stderrLines })
    }
    return result
  }
  return { podman: createPodman(runAsUser), calls }
}

describe('createPodman', () => {
  it.each([
    [125, 'Error: no such container nope'],
    [125, 'Error: inspecting object: no such container nope'],
    [1, 'Error: no such object: "nope"'],
  ])('has no container on exit %d: %s', async (exitCode, said) => {
    const { podman, calls } = podmanWith(() => ({ exitCode, stdout: '[]\n', stderrLines: [said] }))
    expect(await podman.inspectContainer(user, 'nope')).toBeNull()
    expect(calls[0]?.argv).toEqual(['podman', 'container', 'inspect', '--', 'nope'])
  })

  it('has no lines of a container that systemd took away meanwhile, and tells any other failure', async () => {
    const gone = 'Error: no container with name or ID "razroom" found: no such container'
    const { podman } = podmanWith(() => ({ exitCode: 125, stderrLines: [gone] }))
    expect(await podman.readContainerLogs(user, 'razroom', 5)).toEqual([])
    const broken = podmanWith(() => ({ exitCode: 125, stderrLines: ['Error: database is locked'] }))
    await expect(broken.podman.readContainerLogs(user, 'razroom', 5)).rejects.toThrow()
  })

  it('asks a second time when the first look takes too long', async () => {
    const { podman, calls } = podmanWith((_argv, { timeoutMs }) => {
      if (timeoutMs < 60_000) throw new CommandTimeout('COMMAND_TIMED_OUT')
      return { exitCode: 125, stderrLines: ['Error: no such container nope'] }
    })
    expect(await podman.inspectContainer(user, 'nope')).toBeNull()
    expect(calls).toHaveLength(2)
  })

  it('does not take any other failure for a missing container', async () => {
    const { podman } = podmanWith(() => ({ exitCode: 1, stderrLines: ['Failed to connect to bus: no data'] }))
    await expect(podman.inspectContainer(user, 'nope')).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    await expect(podman.inspectImage(user, 'nope')).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  })

  it('has no image when podman knows none', async () => {
    const stderrLines = ['Error: inspecting object: nope: image not known']
    const { podman } = podmanWith(() => ({ exitCode: 125, stdout: '[]', stderrLines }))
    expect(await podman.inspectImage(user, 'nope')).toBeNull()
  })

  it('runs a container whose processes outlive the command', async () => {
    const { podman, calls } = podmanWith(() => ({ stdout: `${ID}\n` }))
    expect(await podman.runContainer(user, ['--detach', '--', 'image'])).toEqual({ id: ID })
    expect(calls[0]?.argv).toEqual(['podman', 'run', '--detach', '--', 'image'])
    expect(calls[0]?.options.leavesProcesses).toBe(true)
  })

  it('stops and removes, also what is not there', async () => {
    const { podman, calls } = podmanWith(() => ({}))
    await podman.stopContainer(user, 'razroom', 30)
    await podman.removeContainer(user, 'razroom')
    expect(calls.map((call) => call.argv.join(' '))).toEqual([
      'podman stop --ignore --time 30 -- razroom',
      'podman rm --force --ignore -- razroom',
    ])
    expect(calls[0]?.options.timeoutMs).toBeGreaterThan(30_000)
  })

  it('waits for the ports of the container that is replaced', async () => {
    const stderrLines = [
      'Error: pasta failed with exit code 1:',
      'Failed to bind port 18789 (Address already in use)',
    ]
    let tries = 0
    const { podman } = podmanWith(() => {
      tries += 1
      return tries < 3 ? { exitCode: 126, stderrLines } : { stdout: `${ID}\n` }
    })
    expect(await podman.runContainer(user, ['--replace', 'x'])).toEqual({ id: ID })
    expect(tries).toBe(3)
  })

  it('does not run a container again for any other reason, nor after a cancel', async () => {
    const { podman, calls } = podmanWith(() => ({ exitCode: 125, stderrLines: ['Error: no such image'] }))
    await expect(podman.runContainer(user, ['x'])).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    expect(calls).toHaveLength(1)
    const taken = podmanWith(() => ({ exitCode: 126, stderrLines: ['Address already in use'] }))
    const watch = { signal: AbortSignal.abort() }
    await expect(taken.podman.runContainer(user, ['x'], watch)).rejects.toThrow()
    expect(taken.calls).toHaveLength(1)
  })

  it('says what makes rootless podman unusable', async () => {
    const { podman } = podmanWith(() => ({ exitCode: 125, stderrLines: ['cannot find mappings'] }))
    await expect(podman.checkPodman(user)).rejects.toMatchObject({
      code: 'PODMAN_UNUSABLE',
      detail: expect.stringContaining('cannot find mappings'),
    })
  })
})

describe('a user who was given subordinate ids late', () => {
  const info = (sizes: readonly number[]) => {
    const map = sizes.map((size) => ({ container_id: 0, host_id: 999, size }))
    return JSON.stringify({
      host: { cgroupVersion: 'v1', ociRuntime: { name: 'runc' }, idMappings: { uidmap: map, gidmap: map } },
      store: { graphRoot: '/g', graphDriverName: 'overlay' },
    })
  }

  it('gets podman out of the namespace it was first run in', async () => {
    let isMigrated = false
    const { podman, calls } = podmanWith((argv) => {
      if (argv.includes('migrate')) isMigrated = true
      return { stdout: info(isMigrated ? [1, 65_536] : [1]) }
    })
    expect(await podman.checkPodman(user)).toMatchObject({ runtime: 'runc' })
    expect(calls.map(({ argv }) => argv.slice(0, 3).join(' '))).toEqual([
      'podman info --format',
      'podman system migrate',
      'podman info --format',
    ])
  })

  it('is left alone when podman has its ids', async () => {
    const { podman, calls } = podmanWith(() => ({ stdout: info([1, 65_536]) }))
    await podman.checkPodman(user)
    expect(calls).toHaveLength(1)
  })

  it('is not looked at with podman before', async () => {
    let isPrepared = false
    const asked: string[] = []
    const runAsUser: RunAsUser = async (_user, argv) => {
      asked.push(argv.join(' '))
      throw new ConflictError('OPERATION_CANCELLED')
    }
    const podman = createPodman(runAsUser, async () => isPrepared)
    expect(await podman.inspectContainer(user, 'razroom')).toBeNull()
    expect(await podman.inspectImage(user, 'localhost/x')).toBeNull()
    const next = podman.watchContainers(user, new AbortController().signal)[Symbol.asyncIterator]().next()
    await wait(50)
    expect(asked).toEqual([])
    isPrepared = true
    await expect(next).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
    expect(asked).toEqual(['podman events --stream --format json --filter type=container'])
  })
})

describe('watchContainers', () => {
  const events = readFileSync(join(import.meta.dirname, 'fixtures/podman-4.3.1/events.jsonl'), 'utf8')
    .trim()
    .split('\n')

  /** podman events that prints these lines and then goes on until it is cancelled, or fails. */
  function watching(lines: readonly string[], failure?: Error) {
    const state = { isOver: false }
    const runAsUser: RunAsUser = async (_user, _argv, { watch }) => {
      for (const text of lines) watch?.onLine?.({ stream: 'stdout', text })
      if (failure) throw failure
      await new Promise((resolve) => watch?.signal?.addEventListener('abort', resolve, { once: true }))
      await wait(20)
      state.isOver = true
      throw new ConflictError('OPERATION_CANCELLED')
    }
    return { podman: createPodman(runAsUser), state }
  }

  it('gives the events, ends with the signal, and leaves nothing running', async () => {
    const { podman, state } = watching([...events, 'a warning'])
    const controller = new AbortController()
    const seen: string[] = []
    for await (const event of podman.watchContainers(user, controller.signal)) {
      seen.push(event.status)
      if (seen.length === events.length) setTimeout(() => controller.abort(), 10)
    }
    expect(seen).toContain('died')
    expect(seen).toHaveLength(events.length)
    expect(state.isOver).toBe(true)
  })

  it('throws when podman dies', async () => {
    const failure = new CommandError({ argv: ['podman'], exitCode: 125, lastLines: ['x'] })
    const { podman } = watching([], failure)
    const iterator = podman.watchContainers(user, new AbortController().signal)[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toBe(failure)
  })
})
