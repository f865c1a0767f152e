import { text as readAll } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileVersion } from '../../contract/versions.ts'
import { createHost, type HostProcess, type TestHost } from '../host/host.ts'
import { addRazroom } from '../host/host-test-kit.ts'
import { type PanelHost, readToken, startPanel } from '../host/panel-host.ts'
import { RELEASE_DIR } from '../host/panel-release.ts'
import { waitUntil } from '../host/wait-until.ts'
import { CONFIG_DIR, CONFIG_FILE, ENV_FILE } from '../journeys/gateway-container.ts'
import { type AttackHost, logIn, loginShot, openFire, pageHeaders, type Session } from './attack-host.ts'
import { makeCanaries } from './canaries.ts'
import { insideArgv, putInside } from './inside.ts'
import type { Sampled } from './proc-sampler.ts'
import { ROUTES } from './routes.ts'
import { keepScore } from './scoreboard.ts'
import { createTalk } from './secrets-talk.ts'
import { type Header, requestBytes, UPGRADE } from './shot.ts'

const EXPORTS = ['quadlet', 'service', 'script', 'kube', 'compose']
/** Seen by the sampler, or it sees nothing. */
const CONTROLS = { argv: 'control-argv-5c0e91', environ: 'control-environ-77ab02' }
const SLOW_MS = 300_000
const BEGIN = '/opt/razroom-attacks/begin'
/** Names the files that were written since the begin and hold one of the patterns on stdin. */
const SEARCH = `
patterns=$(cat)
find / /run /run/user/* /tmp /dev/shm -xdev -type f -newer "$0" -size -200M -exec grep -lFs -e "$patterns" {} + 2> /dev/null`

/** Secrets go through every field of the panel while another user watches; then everything that was written is searched. */
describe('secrets', () => {
  let host: TestHost
  let panel: PanelHost
  let fire: AttackHost['fire']
  let session: Session
  let sampler: HostProcess
  let sampled: Promise<string>
  /** Where the events began that are read at the end. */
  let firstEvent = ''
  const canaries = makeCanaries()
  const secret = canaries.of
  const { cli, shot, ask, etag, save, readEvents, leaks, said } = createTalk(canaries, () => ({
    panel,
    fire,
    session,
  }))

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    await host.run(['install', '-D', '/dev/null', BEGIN])
    await addRazroom(host)
    const write = (path: string, input: string) =>
      host.run(['sh', '-c', 'umask 077; cat > "$0"', path], { user: 'razroom', input })
    await host.run(['mkdir', '--mode=0700', CONFIG_DIR], { user: 'razroom' })
    await write(ENV_FILE, `RAZROOM_GATEWAY_TOKEN=${secret['env-token']}\n`)
    const config = { gateway: { mode: 'local', auth: { token: secret['config-token'] } } }
    await write(CONFIG_FILE, JSON.stringify(config))
    fire = await openFire(host)
    await putInside(host, 'proc-sampler.ts')
    panel = await startPanel(host)
    session = await logIn(panel, fire)
    sampler = await host.spawn(insideArgv('proc-sampler.ts'), { user: 'nobody' })
    sampled = readAll(sampler.stdout)
    // Without --json it ends with a link that carries the token, for the person at the terminal.
    await cli(['setup', '--bundled', '--container', '--json'])
    firstEvent = (JSON.parse((await readEvents())[0] ?? '{}') as { id?: string }).id ?? ''
  })
  afterAll(() => host?.destroy())

  it('are saved by the shell, by edits and as text, and nothing says them again', async () => {
    await cli(['env', 'set', 'OPENAI_API_KEY'], `${secret.shell}\n`)
    expect(
      (await save({ edits: [{ op: 'set', key: 'ANTHROPIC_API_KEY', value: secret.edit }] }))?.status,
    ).toBe(200)
    const before = (await host.run(['cat', ENV_FILE])).stdout
    const text = [
      before,
      `GEMINI_API_KEY=${secret.text}`,
      `export TELEGRAM_BOT_TOKEN="${secret.quoted}"`,
      `# OLD_API_KEY=${secret.comment}`,
      `DATABASE_URL=postgres://razroom:${secret.url}@127.0.0.1/razroom`,
    ].join('\n')
    expect((await save({ text: `${text}\n` }))?.status).toBe(200)
    const [check] = await ask([shot('POST /api/env/check', { text })])
    expect(check?.status).toBe(200)
    await cli(['env', 'list'])
    await cli(['env', 'list', '--json'])
    expect(leaks()).toEqual([])
  })

  it('are saved in razroom.json and checked there, and nothing says them again', async () => {
    const [reveal] = await fire([shot('POST /api/config/reveal', {})])
    const { text, etag: known } = JSON.parse(reveal?.body ?? '') as { text: string; etag: string }
    const config = { ...(JSON.parse(text) as object), env: { OPENAI_API_KEY: secret['config-text'] } }
    const put = (body: string, tag = known) =>
      shot('PUT /api/config', { text: body }, [['If-Match', `"${tag}"`]])
    const wrong = secret['config-refused']
    const outcomes = await ask([
      put(`{ gateway: { mode: "local", auth: { token: "${wrong}" `),
      put(`{ gateway: { mode: ${wrong} } }`),
      put(`{ nowhere: { token: "${wrong}" }, gateway: { mode: "${wrong}" } }`),
      put(JSON.stringify(config), 'another'),
      shot('POST /api/config/check', { text: `{ token: "${wrong}", password: '${wrong}', x: ${wrong} }` }),
      shot('POST /api/config/check', { text: JSON.stringify(config) }),
    ])
    expect(outcomes.map(({ status }) => status >= 400)).toEqual([true, true, true, true, false, false])
    expect((await ask([put(JSON.stringify(config, null, 2))]))[0]?.status).toBe(200)
    expect(leaks()).toEqual([])
  })

  it('are typed into the terminal, and nobody else hears of it', async () => {
    const [answer] = await fire([shot('POST /api/ws-ticket')])
    const { ticket } = JSON.parse(answer?.body ?? '') as { ticket: string }
    const hello = { type: 'hello', ticket, command: 'onboard', cols: 80, rows: 24 }
    const typed = { type: 'input', data: `${secret.terminal}\r` }
    const bytes = requestBytes({ target: '/api/terminal', headers: [...UPGRADE, ...pageHeaders(session)] })
    const frames = [JSON.stringify(hello), JSON.stringify(typed), JSON.stringify(typed)]
    // What the program shows of it is for this page alone, so it is not among what was said.
    const [shown] = await fire([{ name: 'terminal', bytes, frames, listenMs: 8_000, until: 'told' }])
    expect(shown?.frames.join('')).toContain('"started"')
    expect(leaks()).toEqual([])
  })

  it('are not told by what is refused', async () => {
    const { refused, malformed } = secret
    const set = (key: string, value: unknown) => ({ edits: [{ op: 'set', key, value }] })
    const changes: (object | string)[] = [
      { text: `LD_PRELOAD=${refused}\n` },
      { text: `=${refused}\n` },
      { text: `A=${refused}${'x'.repeat(70_000)}\n` },
      set('NODE_OPTIONS', refused),
      set('A_TOKEN', `1\n${refused}`),
      set('A_TOKEN', `${refused}${'x'.repeat(65_001)}`),
      set('A_TOKEN', { refused }),
      set('A_TOKEN', [refused]),
      { edits: [{ op: 'set', key: 'A_TOKEN', value: refused, line: 4_711 }] },
      { edits: [{ op: refused, key: 'A' }] },
      { text: [refused] },
      `{"text":"${malformed}`,
      `{"edits":${malformed}}`,
      malformed,
    ]
    const headers: Header[] = [['If-Match', `"${await etag()}"`]]
    const login = { registry: '127.0.0.1:9', username: 'robot', password: secret.registry }
    const outcomes = await ask([
      ...changes.map((change) => shot('PUT /api/env', change, headers)),
      shot('PUT /api/env', set('A_TOKEN', refused)),
      shot('PUT /api/env', set('A_TOKEN', refused), [['If-Match', '"another"']]),
      shot('POST /api/registry-logins', login),
      shot('POST /api/registry-logins', { ...login, registry: `robot:${secret.registry}@127.0.0.1:9` }),
      loginShot('wrong code', secret.login),
    ])
    expect(outcomes.filter(({ status }) => status < 400).map(({ name, body }) => `${name} ${body}`)).toEqual(
      [],
    )
    expect(leaks()).toEqual([])
  })

  it(
    'are not told by connecting a provider and a channel, nor by what that refuses',
    async () => {
      const values = `MISTRAL_API_KEY=${secret.connect}\nDISCORD_BOT_TOKEN=${secret.channel}\n`
      const args = ['connect', '--provider', 'mistral', '--model', 'mistral/large', '--channel', 'discord']
      await cli([...args, '--yes', '--verbose'], values)
      const wishes = [
        { provider: { id: 'xai', key: `GROQ_API_KEY=${secret.pasted}` } },
        { provider: { id: 'xai', key: `${secret.pasted} and more` } },
        { provider: { id: secret.pasted } },
        { provider: { id: 'xai', key: [secret.pasted] } },
        { channels: [{ id: 'slack', values: [{ name: secret.pasted, value: 'x' }] }] },
        { channels: [{ id: 'slack', values: [{ name: 'SLACK_BOT_TOKEN', value: secret.pasted }] }] },
        { model: `a b ${secret.pasted}` },
      ]
      const outcomes = await ask(wishes.map((wish) => shot('POST /api/connections/preview', wish)))
      expect(outcomes.filter(({ status }) => status < 400).map(({ name }) => name)).toEqual([])
      const [preview] = await ask([
        shot('POST /api/connections/preview', { provider: { id: 'xai', key: secret.pasted } }),
      ])
      expect(preview?.status).toBe(200)
      expect(leaks()).toEqual([])
    },
    SLOW_MS,
  )

  it(
    'are not told by what the panel does with the gateway',
    async () => {
      await cli(['token', 'rotate', '--custom', '--verbose'], `${secret['own-token']}\n`)
      for (const args of [['restart', '--verbose'], ['stop'], ['launch'], ['token', 'rotate', '--verbose']])
        await cli(args)
      canaries.add('new token', await readToken(panel))
      await cli(['backup', '--verbose'])
      await cli(['backup', '/root/secrets.tar.gz', '--verbose'])
      await cli(['restore', '/root/secrets.tar.gz', '--preview'])
      await cli(['restore', '/root/secrets.tar.gz', '--verbose'])
      for (const file of ['env', 'config'] as const) {
        const versions = await panel.cli<FileVersion[]>('versions', file)
        expect(versions.length).toBeGreaterThan(1)
        for (const { id } of versions) await cli(['versions', file, 'show', id])
        const differences = versions.map(({ id }) => shot(`GET /api/${file}/versions/${id}`))
        expect((await ask(differences)).every(({ status }) => status === 200)).toBe(true)
      }
      await cli(['doctor', '--bundle', '/root/bundle.txt'])
      said.push({ what: 'bundle', text: (await host.run(['cat', '/root/bundle.txt'])).stdout })
      for (const format of EXPORTS) await cli(['export', format])
      await cli(['setup', '--quadlet', '--verbose', '--json'])
      await cli(['status', '--json'])
      await cli(['logs'])
      await cli(['audit', '-n', '500', '--json'])
      expect(leaks()).toEqual([])
    },
    SLOW_MS,
  )

  it('are in no answer but those that are asked for them', async () => {
    const open = ROUTES.filter(({ isChanging, isSecret }) => !isChanging && !isSecret)
    const pages = ['/', '/setup', '/environment', '/settings', '/logs'].map((target) => shot(`GET ${target}`))
    const formats = EXPORTS.map((format) => shot(`GET /api/export/${format}`))
    await ask([...open.map(({ path }) => shot(`GET ${path}`)), ...pages, ...formats])
    const operations = said.find(({ what }) => what === '200 GET /api/operations')?.text
    expect(operations).toContain('rotate-token')
    // The events since the beginning, the rotation among them.
    const events = (await readEvents(firstEvent)).join('\n')
    expect(events).toContain('rotate-token')
    expect(events).toContain('env.changed')
    expect(leaks()).toEqual([])
    // Else nothing could be found: the one that is asked for it tells.
    const [reveal] = await fire([shot('POST /api/env/reveal', {})])
    expect(canaries.findIn(reveal?.body ?? '')).toEqual(
      expect.arrayContaining([
        ...['shell', 'edit', 'text', 'quoted', 'comment', 'url', 'new token'],
        ...['connect', 'channel'],
      ]),
    )
  })

  it('were never in the arguments or the environment of a process, as another user sees them', async () => {
    await Promise.all([
      host.run(['sh', '-c', 'sleep 2; :', CONTROLS.argv]),
      host.run(['sleep', '2'], { user: 'nobody', env: { CONTROL: CONTROLS.environ } }),
    ])
    sampler.stdin.end()
    const { rounds, texts } = JSON.parse(await sampled) as Sampled
    const all = texts.join('\n')
    expect(all).toContain(CONTROLS.argv)
    expect(all).toContain(CONTROLS.environ)
    // It saw the programs that could have been given one.
    for (const program of ['podman', 'user-agent.js', 'systemd-run']) expect(all).toContain(program)
    expect(rounds).toBeGreaterThan(100)
    expect(canaries.findIn(all)).toEqual([])
    for (const control of Object.values(CONTROLS))
      expect(texts.some((text) => text.includes(control))).toBe(true)
    const fields = Object.keys(secret).length
    keepScore('secrets: fields, watched by another user', fields, fields, `${rounds} looks at /proc`)
  })

  it('are in no log', async () => {
    const journal = (await host.run(['journalctl', '--output=export', '--no-pager'])).stdout
    expect(journal.length).toBeGreaterThan(1_000)
    expect(canaries.findIn(journal)).toEqual([])
    expect(canaries.findIn(await panel.log())).toEqual([])
  })

  it('are in no file but those that are for them, and those are closed', async () => {
    const find = async (user: string): Promise<string[]> => {
      const options = { user, reject: false, input: canaries.patterns(), timeoutMs: SLOW_MS }
      const { stdout } = await host.run(['sh', '-c', SEARCH, BEGIN], options)
      return stdout.split('\n').filter((path) => path !== '')
    }
    const uid = (await host.run(['id', '--user', 'razroom'])).stdout
    const found = await find('root')
    // The log of what was done with them has their names, and none of them.
    const audit = (await host.run(['sh', '-c', 'cat /var/lib/razroom-panel/audit/*'])).stdout
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'Save .env', 'Rotate the token'])
      expect(audit).toContain(name)
    expect(canaries.findIn(audit)).toEqual([])
    expect(found.filter((path) => path.includes('/audit/'))).toEqual([])
    // podman keeps the environment of its container among its own records.
    const records = ['/home/razroom/.local/share/containers/', `/run/user/${uid}/`]
    const rest = found.filter((path) => !records.some((record) => path.startsWith(record)))
    expect(rest).toEqual(expect.arrayContaining([ENV_FILE, CONFIG_FILE]))
    const modes = (await host.run(['stat', '--format=%a %U %n', ...rest])).stdout.split('\n')
    const own = [`600 razroom ${ENV_FILE}`, `600 razroom ${CONFIG_FILE}`]
    expect(
      modes.filter((line) => !own.includes(line) && !line.startsWith('600 root /var/lib/razroom-panel/')),
    ).toEqual([])
    expect(await find('nobody')).toEqual([])
  })

  it('can not come by a source map', async () => {
    const maps = await host.run(['find', RELEASE_DIR, '-name', '*.map'])
    expect(maps.stdout).toBe('')
    const named = ['grep', '-rlE', '^//[#@] sourceMappingURL=', `${RELEASE_DIR}/dist`]
    expect((await host.run(named, { reject: false })).stdout).toBe('')
  })

  it('were there all the time', async () => {
    await waitUntil(
      'the gateway answers',
      60_000,
      async () => (await panel.tryCli(['status', '--json'])).exitCode === 0,
    )
    const file = (await host.run(['cat', ENV_FILE])).stdout
    expect(canaries.findIn(file)).toEqual([
      ...['shell', 'edit', 'text', 'quoted', 'comment', 'url', 'connect', 'channel'],
      'new token',
    ])
  })
})
