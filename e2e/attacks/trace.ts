import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { HostProcess } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import { PANEL_PROGRAM } from '../host/panel-daemon.ts'
import type { PanelHost } from '../host/panel-host.ts'
import { readTouches, type Touch, TRACED_CALLS, type TraceStart, touchesOfRoot } from './root-touches.ts'
import { keepScore } from './scoreboard.ts'

/** Where the gateway's files lie for the trace: beside its user's home, below a directory of that user's. */
const MOVED = '/srv/razroom'
const DIRECTORIES = ['/home/razroom', MOVED]
const STRACE = [
  'strace',
  '--follow-forks',
  '--quiet=attach,exit',
  '--decode-fds=path',
  '-s',
  '4096',
  '-e',
  TRACED_CALLS,
]
const TRACES = '/root/traces'
/** Each thread of each process of the panel: the pid, the thread, its effective uid. */
const PROCESSES = `
for process in /proc/[0-9]*; do
  case $(readlink $process/exe) in /usr/local/lib/razroom-panel/*)
    for thread in $process/task/*; do
      echo "\${process#/proc/} \${thread##*/} $(sed -n 's/^Uid:[[:space:]]*[0-9]*[[:space:]]*\\([0-9]*\\).*/\\1/p' $thread/status)"
    done ;;
  esac
done`

export interface Trace {
  /** Runs a command of the CLI under a trace of its own. */
  cli(args: readonly string[], input?: string): Promise<void>
  /** Ends it. */
  stop(): Promise<void>
  /** What was seen. */
  read(): Promise<Touch[]>
  /** What is seen of a program of root's that reads these paths, one of them a link, and names another by itself. */
  control(paths: readonly string[]): Promise<Touch[]>
}

/** Follows all processes of the panel, and those they make. */
async function startTrace(panel: PanelHost): Promise<Trace> {
  const { host } = panel
  await host.run(['mkdir', '--parents', TRACES])
  const findThreads = async () => {
    const found = (await host.run(['sh', '-c', PROCESSES])).stdout.split('\n').filter(Boolean)
    return found.map((line) => line.split(' ').map(Number))
  }
  const toStarts = (threads: readonly number[][]) =>
    threads.map(([, thread = 0, euid = -1]): TraceStart => ({ pid: thread, euid }))
  const threads = await findThreads()
  const starts = toStarts(threads)
  expect(starts.length).toBeGreaterThan(0)
  const pids = [...new Set(threads.map(([pid]) => pid))].flatMap((pid) => ['-p', String(pid)])
  const daemon: HostProcess = await host.spawn([...STRACE, '--output', `${TRACES}/daemon`, ...pids])
  await host.run([
    'sh',
    '-c',
    `until grep -q TracerPid:.*[1-9] /proc/${starts[0]?.pid}/status; do sleep 0.05; done`,
  ])
  // One that began in between is traced with its process.
  starts.push(
    ...toStarts(await findThreads()).filter(({ pid }) => !starts.some((known) => known.pid === pid)),
  )
  const runs: string[] = []
  const readFile = async (file: string) => (await host.run(['cat', file])).stdout
  const readRun = async (file: string) => {
    const text = await readFile(file)
    return readTouches(text, [{ pid: Number.parseInt(text, 10), euid: 0 }])
  }
  return {
    async cli(args, input) {
      const file = `${TRACES}/cli-${runs.length}`
      runs.push(file)
      const command = [...STRACE, '--seccomp-bpf', '--output', file, PANEL_PROGRAM, ...args]
      const options = { timeoutMs: 240_000, reject: false, ...(input === undefined ? {} : { input }) }
      const { exitCode, stdout, stderr } = await host.run(command, options)
      expect(exitCode, `${args.join(' ')}: ${stdout}${stderr}`).toBe(0)
    },
    async stop() {
      const ended = once(daemon, 'exit')
      daemon.kill()
      await ended
    },
    async read() {
      const touches = readTouches(await readFile(`${TRACES}/daemon`), starts)
      for (const file of runs) touches.push(...(await readRun(file)))
      return touches
    },
    async control(paths) {
      await host.run(['ln', '--symbolic', '--force', `${MOVED}/config/razroom.json`, '/root/link'])
      const file = `${TRACES}/control`
      const script = `cd ${MOVED}/config; cat ${paths.join(' ')} > /dev/null; stat cron; :`
      await host.run([...STRACE, '--output', file, 'sh', '-c', script])
      return readRun(file)
    },
  }
}

const say = ({ program, call, path }: Touch): string => `${program}: ${call} ${path}`

/** Sets the gateway up, and leaves it, with its directories moved. */
export function describeTrace(panel: () => PanelHost): void {
  /** Everything that the panel does for people, by the CLI or the API. */
  async function useAll(trace: Trace): Promise<void> {
    const { host } = panel()
    const api = async (key: string, body?: object, headers?: Record<string, string>) => {
      const answer = await callApi(panel(), key, body, headers)
      expect(answer.status, `${key}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
      return answer.body as Record<string, unknown>
    }
    const moved = ['--config-dir', `${MOVED}/config`, '--workspace-dir', `${MOVED}/work`]
    await trace.cli(['setup', '--bundled', '--container', ...moved, '--json'])
    for (const args of [['status'], ['env', 'set', 'TRACED=1'], ['env', 'list'], ['token', 'show']])
      await trace.cli([...args, '--json'])
    const { etag } = await api('GET /api/config')
    const { text } = await api('POST /api/config/reveal', {})
    await api('PUT /api/config', { text: `${text}\n` }, { 'If-Match': `"${etag}"` })
    for (const path of [
      'logs?limit=10',
      'env/versions',
      'config/versions',
      'images',
      'export/quadlet',
      'doctor/bundle',
    ])
      await api(`GET /api/${path}`)
    await trace.cli(['token', 'rotate', '--json'])
    // Root's own, as after `sudo nano`: the only owner that the panel may change.
    await host.run(['chown', 'root:root', `${MOVED}/config/.env`])
    await trace.cli(['setup', '--json'])
    await trace.cli(['doctor', '--json'])
    await trace.cli(['backup', '/root/traced.tar.gz', '--json'])
    await trace.cli(['restore', '/root/traced.tar.gz', '--json'])
    await trace.cli(['logs'])
  }

  describe('what the panel opens', () => {
    it('below the user’s directories it opens as that user, whatever it does', async () => {
      const { host } = panel()
      const trace = await startTrace(panel())
      await useAll(trace).finally(() => trace.stop())
      const control = await trace.control([`${MOVED}/config/.env`, '/root/link'])
      const touches = await trace.read()
      const ofRoot = touchesOfRoot(touches, DIRECTORIES)
      const others = touches.filter(({ euid, path }) => euid > 0 && path.startsWith(`${MOVED}/`))
      expect([...new Set(ofRoot.map(say))]).toEqual([])
      // Else nothing was seen: its helpers do open them, and a program of root's that does is seen.
      expect(others.some(({ path }) => path.startsWith(`${MOVED}/config/.env`))).toBe(true)
      const seen = touchesOfRoot(control, DIRECTORIES).map(({ path }) => path)
      const wanted = ['.env', 'razroom.json', 'cron'].map((name) => `${MOVED}/config/${name}`)
      expect(seen).toEqual(expect.arrayContaining(wanted))
      expect(touches.filter(({ path }) => path === 'io_uring')).toEqual([])
      const figure = `${others.length} as the user`
      keepScore(
        'trace: paths of the user’s that root opens',
        touches.length,
        touches.length - ofRoot.length,
        figure,
      )
      await host.run(['rm', '-rf', TRACES])
    })
  })
}
