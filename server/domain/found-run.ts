/**
 * How a gateway that somebody made by hand is run: read out of a `podman run` command line, of a Quadlet file or of a
 * plain systemd unit. Read leniently, for people write these; what is not understood is left out.
 */

/** What is known of it; a missing part was not said or not understood. */
export interface FoundRun {
  readonly name?: string
  readonly image?: string
  readonly publishes: ReadonlyArray<FoundPublish>
  readonly volumes: ReadonlyArray<{ readonly source: string; readonly target: string }>
  readonly envFiles: readonly string[]
  /** KEY=value */
  readonly env: readonly string[]
  readonly userns?: string
}

export interface FoundPublish {
  /** '' for all addresses, as podman has it. */
  readonly hostAddress: string
  readonly hostPort: number
  readonly containerPort: number
}

/** Options of podman-run(1) without a value; every other takes one. */
const FLAGS = new Set(
  `detach interactive tty rm rmi replace init privileged read-only read-only-tmpfs no-hosts no-hostname
  no-healthcheck publish-all quiet sig-proxy tls-verify oom-kill-disable env-host http-proxy passwd unsetenv-all
  disable-content-trust help`.split(/\s+/),
)
const SHORT: Readonly<Record<string, string>> = {
  d: 'detach',
  i: 'interactive',
  t: 'tty',
  P: 'publish-all',
  q: 'quiet',
  p: 'publish',
  v: 'volume',
  e: 'env',
  u: 'user',
  w: 'workdir',
  l: 'label',
  h: 'hostname',
  m: 'memory',
  c: 'cpu-shares',
  a: 'attach',
}

type Values = Map<string, string[]>

/** @param argv a command line whose first word is podman and that has the word `run`; null for any other */
export function readPodmanRun(argv: readonly string[]): FoundRun | null {
  const at = argv.indexOf('run')
  const [program = ''] = argv
  if (at < 1 || !/(^|\/)podman$/.test(program)) return null
  const values: Values = new Map()
  const put = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value])
  let image: string | undefined
  for (let index = at + 1; index < argv.length && image === undefined; index += 1) {
    const word = argv[index] ?? ''
    if (word === '--') image = argv[index + 1]
    else if (word.startsWith('--')) {
      const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
      if (value !== undefined) put(name, value)
      else if (!FLAGS.has(name)) {
        index += 1
        put(name, argv[index] ?? '')
      }
    } else if (/^-./.test(word)) {
      const last = word.length - 1
      for (let letter = 1; letter <= last; letter += 1) {
        const name = SHORT[word[letter] ?? ''] ?? word[letter] ?? ''
        if (FLAGS.has(name)) continue
        const attached = word.slice(letter + 1).replace(/^=/, '')
        if (attached === '') index += 1
        put(name, attached === '' ? (argv[index] ?? '') : attached)
        break
      }
    } else image = word
  }
  return toRun(values, image, {
    name: 'name',
    publish: 'publish',
    volume: 'volume',
    envFile: 'env-file',
    env: 'env',
    userns: 'userns',
  })
}

/**
 * @param text of a .container file (podman-systemd.unit(5))
 * @param home for %h
 */
export function readQuadletFile(text: string, home: string): FoundRun {
  const values: Values = new Map()
  for (const { section, key, value } of unitLines(text, home)) {
    if (section === 'Container') values.set(key, [...(values.get(key) ?? []), value])
  }
  const words = (key: string) => (values.get(key) ?? []).flatMap(splitWords)
  values.set('Environment', words('Environment'))
  return toRun(values, values.get('Image')?.at(-1), {
    name: 'ContainerName',
    publish: 'PublishPort',
    volume: 'Volume',
    envFile: 'EnvironmentFile',
    env: 'Environment',
    userns: 'UserNS',
  })
}

/** @param text of a .service file; null when it does not run podman itself */
export function readServiceFile(text: string, home: string): FoundRun | null {
  const commands = unitLines(text, home)
    .filter(({ section, key }) => section === 'Service' && key === 'ExecStart')
    .map(({ value }) => readPodmanRun(splitWords(value.replace(/^[-@:+!]+/, ''))))
  return commands.findLast((run) => run !== null) ?? null
}

/** True when the unit is wanted by a target: a Quadlet file starts at boot by that alone. */
export function isWanted(text: string): boolean {
  return unitLines(text, '').some(
    ({ section, key, value }) => section === 'Install' && key === 'WantedBy' && value !== '',
  )
}

interface UnitLine {
  readonly section: string
  readonly key: string
  readonly value: string
}

/** The assignments of a unit file (systemd.syntax(7)): continued lines joined, comments left out. */
function unitLines(text: string, home: string): UnitLine[] {
  let section = ''
  const joined = text.replaceAll('\r\n', '\n').replace(/\\\n(?:[#;].*\n)*/g, ' ')
  return joined.split('\n').flatMap((raw) => {
    const line = raw.trim()
    const title = /^\[(.+)\]$/.exec(line)?.[1]
    if (title !== undefined) section = title
    const at = line.indexOf('=')
    if (title !== undefined || at < 1 || /^[#;]/.test(line)) return []
    const value = line
      .slice(at + 1)
      .trim()
      .replaceAll(/%[%h]/g, (specifier) => (specifier === '%h' ? home : '%'))
    return [{ section, key: line.slice(0, at).trim(), value }]
  })
}

/** Words as systemd splits them (systemd.syntax(7), QUOTING), without its escapes of bytes. */
function splitWords(text: string): string[] {
  const words = text.matchAll(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g)
  return [...words].map(([word]) =>
    word.replaceAll(
      /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        (double ?? single ?? escaped ?? '').replaceAll(/\\(.)/g, '$1'),
    ),
  )
}

type Keys = Record<'name' | 'publish' | 'volume' | 'envFile' | 'env' | 'userns', string>

function toRun(values: Values, image: string | undefined, keys: Keys): FoundRun {
  const all = (key: keyof Keys) => values.get(keys[key]) ?? []
  const optional = <K extends string>(key: K, value: string | undefined) =>
    (value === undefined || value === '' ? {} : { [key]: value }) as { [P in K]?: string }
  return {
    ...optional('name', all('name').at(-1)),
    ...optional('image', image),
    ...optional('userns', all('userns').at(-1)),
    publishes: all('publish').flatMap(readPublish),
    volumes: all('volume').flatMap((text) => {
      const [source = '', target = ''] = text.split(':')
      return source.startsWith('/') && target.startsWith('/') ? [{ source, target }] : []
    }),
    envFiles: all('envFile'),
    env: all('env'),
  }
}

/** [[address:][host port]:]container port[/protocol]; ranges and ports that podman would choose are left out. */
export function readPublish(text: string): FoundPublish[] {
  const parts = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([0-9.]*)):)?(\d{1,5}):(\d{1,5})(?:\/tcp)?$/.exec(text.trim())
  if (!parts) return []
  const [, six, four, hostPort, containerPort] = parts
  return [
    { hostAddress: six ?? four ?? '', hostPort: Number(hostPort), containerPort: Number(containerPort) },
  ]
}
