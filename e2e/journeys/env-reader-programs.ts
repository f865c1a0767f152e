/** The real programs, each given many `.env` files at once on a disposable machine. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../host/file-errors.ts'
import type { TestHost } from '../host/host.ts'
import { AS_RAZROOM, addImageContext, addRazroom } from '../host/host-test-kit.ts'

/** What a program made of a file: all variables that it passed on, or that it gave up. */
export interface Observation {
  /** Undefined when the program gave up and passed on nothing. */
  readonly variables: ReadonlyMap<string, string> | undefined
  /** What it complained about. */
  readonly complaint: string
}

export interface BashObservation extends Observation {
  /** Of `source`; undefined when the shell ended in the middle of it. */
  readonly status: number | undefined
}

/** The environment that each program is started with, beside what it makes itself. */
export const HOST_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['HOME', '/home/tester'],
  ['GREETING', 'hello you'],
])

const TOP = '/var/lib/env-readers'
/** Of all files of a batch together: a busy machine takes its time. */
const BATCH_TIMEOUT_MS = 1_500_000

/** Files of the tests in the host, numbered, and what came out for each. */
export class ReaderBench {
  readonly #host: TestHost
  #batches = 0

  constructor(host: TestHost) {
    this.#host = host
  }

  /** Once, before podman is asked. */
  async preparePodman(): Promise<void> {
    await addRazroom(this.#host)
    const context = await addImageContext(this.#host)
    await this.#host.run([...AS_RAZROOM, 'podman', 'build', '--quiet', '--tag', 'tiny', context])
  }

  /** `set -a; source FILE` in an empty directory, with no program to be found, by a user who may write nothing. */
  async bash(documents: readonly Uint8Array[]): Promise<BashObservation[]> {
    const batch = await this.#write(documents)
    const script = `
      cd ${batch}/empty
      for (( i = 0; i < $1; i++ )); do
        env -i ${environmentWords()} PATH=/nonexistent /bin/bash --norc --noprofile -c '
          set -a; source "$1" > /dev/null 2> "$2"; set -- "$?"; set +a
          printf "%s\\0" "$1"; exec /usr/bin/env -0' bash ${batch}/$i.env ${batch}/out/$i.complaint \\
          < /dev/null > ${batch}/out/$i
      done`
    await this.#host.run(['chown', 'nobody', `${batch}/out`])
    await this.#host.run(['mkdir', `${batch}/empty`])
    const argv = ['bash', '-c', script, 'bash', String(documents.length)]
    await this.#host.run(argv, { user: 'nobody', timeoutMs: BATCH_TIMEOUT_MS })
    return Promise.all(
      documents.map(async (_document, index) => {
        const [status, ...entries] = (await this.#readOut(batch, String(index)))?.split('\0') ?? []
        const complaint = (await this.#readOut(batch, `${index}.complaint`)) ?? ''
        const hasEnded = status === undefined || status === ''
        return {
          status: hasEnded ? undefined : Number(status),
          variables: hasEnded ? undefined : toMap(entries),
          complaint,
        }
      }),
    )
  }

  /** `EnvironmentFile=` of one service for each file, all started together. */
  async systemd(documents: readonly Uint8Array[]): Promise<Observation[]> {
    const batch = await this.#write(documents)
    const unit = [
      '[Service]',
      'Type=oneshot',
      `EnvironmentFile=${batch}/%i.env`,
      'ExecStart=/bin/cat /proc/self/environ',
      `StandardOutput=truncate:${batch}/out/%i`,
    ]
    const name = `env-reader-${this.#batches}`
    const path = `/run/systemd/system/${name}@.service`
    await this.#host.run(['tee', path], { input: `${unit.join('\n')}\n` })
    await this.#host.run(['systemctl', 'daemon-reload'])
    const units = documents.map((_document, index) => `${name}@${index}.service`)
    await this.#host.run(['systemctl', 'start', ...units], { reject: false, timeoutMs: BATCH_TIMEOUT_MS })
    await this.#host.run(['systemctl', 'reset-failed'])
    return Promise.all(units.map(async (_unit, index) => observe(await this.#readOut(batch, String(index)))))
  }

  /** One project with a service for each file; a file that is refused takes all down, so those go `alone`. */
  async compose(documents: readonly Uint8Array[], alone: (index: number) => boolean): Promise<Observation[]> {
    const batch = await this.#write(documents)
    const indexes = documents.map((_document, index) => index)
    const project = (own: readonly number[]) =>
      JSON.stringify({
        services: Object.fromEntries(
          own.map((index) => [`s${index}`, { image: 'none', env_file: [`${batch}/${index}.env`] }]),
        ),
      })
    const together = indexes.filter((index) => !alone(index))
    const groups = [together, ...indexes.filter(alone).map((index) => [index])]
    for (const [number, own] of groups.entries()) {
      await writeFile(join(this.#host.root, batch, `${number}.yaml`), project(own))
    }
    const script = `
      for (( i = 0; i < $1; i++ )); do
        env -i ${environmentWords()} PATH=/usr/bin:/bin docker-compose --project-name t --file ${batch}/$i.yaml \\
          config --format json > ${batch}/out/$i 2> ${batch}/out/$i.complaint || : > ${batch}/out/$i
      done`
    const argv = ['bash', '-c', script, 'bash', String(groups.length)]
    await this.#host.run(argv, { timeoutMs: BATCH_TIMEOUT_MS })
    const results: Observation[] = []
    for (const [number, own] of groups.entries()) {
      const complaint = (await this.#readOut(batch, `${number}.complaint`)) ?? ''
      const services = readServices(await this.#readOut(batch, String(number)))
      for (const index of own) results[index] = { variables: services?.get(`s${index}`), complaint }
    }
    return results
  }

  /** `podman run --env-file`, once for each file. */
  async podman(documents: readonly Uint8Array[]): Promise<Observation[]> {
    const batch = await this.#write(documents)
    const results: Observation[] = []
    for (const index of documents.keys()) {
      const file = `${batch}/${index}.env`
      const run = [
        'podman',
        'run',
        '--rm',
        '--network=none',
        '--env-file',
        file,
        'tiny',
        'cat',
        '/proc/self/environ',
      ]
      const host = ['env', ...[...HOST_VARIABLES].map(([name, value]) => `${name}=${value}`)]
      // HOME is podman's own business too: it finds its images there.
      const { exitCode, stdout, stderr } = await this.#host.run(
        [...AS_RAZROOM, ...host.filter((word) => !word.startsWith('HOME=')), ...run],
        { reject: false },
      )
      const isRefused = exitCode === 125
      if (exitCode !== 0 && !isRefused) throw new Error(`podman ended with ${exitCode}: ${stderr}`)
      results.push({ variables: isRefused ? undefined : toMap(stdout.split('\0')), complaint: stderr })
    }
    return results
  }

  /** @returns the directory in the host */
  async #write(documents: readonly Uint8Array[]): Promise<string> {
    this.#batches += 1
    const batch = `${TOP}/${this.#batches}`
    const outside = join(this.#host.root, batch)
    await mkdir(join(outside, 'out'), { recursive: true })
    for (const [index, document] of documents.entries())
      await writeFile(join(outside, `${index}.env`), document)
    return batch
  }

  async #readOut(batch: string, name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#host.root, batch, 'out', name), 'utf8')
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }
}

function environmentWords(): string {
  return [...HOST_VARIABLES].map(([name, value]) => `'${name}=${value}'`).join(' ')
}

function observe(text: string | undefined): Observation {
  return { variables: text ? toMap(text.split('\0')) : undefined, complaint: '' }
}

function toMap(entries: readonly string[]): Map<string, string> {
  return new Map(
    entries.flatMap((entry) => {
      const equals = entry.indexOf('=')
      return equals === -1 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)] as const]
    }),
  )
}

interface ComposeConfig {
  readonly services?: Readonly<
    Record<string, { readonly environment?: Readonly<Record<string, string | null>> }>
  >
}

function readServices(text: string | undefined): Map<string, Map<string, string>> | undefined {
  if (!text) return undefined
  const config: ComposeConfig = JSON.parse(text)
  return new Map(
    Object.entries(config.services ?? {}).map(([name, { environment = {} }]) => [
      name,
      // What `config` prints is to be read by compose once more, so it doubles each dollar.
      new Map(
        Object.entries(environment).flatMap(([key, value]) =>
          value === null ? [] : [[undouble(key), undouble(value)] as const],
        ),
      ),
    ]),
  )
}

function undouble(text: string): string {
  return text.replaceAll('$$', '$')
}
