import * as fs from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LABELS } from './gateway-spec.ts'
import { gatewayArgs, podmanSetupArgs, podmanSetupExecArgs } from './render-podman-run.ts'
import {
  answerWith,
  envFile,
  listen,
  makeSpec,
  readEnvFile,
  runScript,
  startGateway,
  testHome,
  testRoot,
} from './test-launch-script.ts'

const TOKEN_LINE = `RAZROOM_GATEWAY_TOKEN=${'5'.repeat(64)}\n`

test('it runs podman with exactly the arguments of the other rendering', async () => {
  const port = await startGateway()
  const spec = makeSpec(port)
  fs.writeFileSync(envFile(), TOKEN_LINE)
  const run = await runScript({ spec, args: ['launch'] })
  expect([run.err, run.code]).toEqual(['', 0])
  expect(run.calls.find(([verb]) => verb === 'run')).toEqual(['run', ...gatewayArgs(spec)])
  expect(run.out).toContain(`http://127.0.0.1:${port}/`)
  expect(run.out).toContain(`RAZROOM_GATEWAY_TOKEN in ${envFile()}`)
  expect(run.out).not.toContain('5'.repeat(64))
  expect(readEnvFile()).toBe(TOKEN_LINE)
})

test('the variables of the seed change what they name', async () => {
  const port = await startGateway()
  const config = join(testRoot(), 'other config')
  const env = {
    RAZROOM_PODMAN_GATEWAY_HOST_PORT: String(port),
    RAZROOM_PODMAN_BRIDGE_HOST_PORT: '28790',
    RAZROOM_PODMAN_CONTAINER: 'mine',
    RAZROOM_PODMAN_IMAGE: 'localhost/other:1',
    RAZROOM_PODMAN_USERNS: 'host',
    RAZROOM_CONFIG_DIR: config,
  }
  const run = await runScript({ env })
  expect([run.err, run.code]).toEqual(['', 0])
  const wanted = [
    '--name=mine',
    '--userns=host',
    '--user=0:0',
    `--volume=${config}:/home/node/.razroom:rw`,
    `--volume=${config}/workspace:/home/node/.razroom/workspace:rw`,
    `--env-file=${config}/.env`,
    `--publish=127.0.0.1:${port}:18789`,
    '--publish=127.0.0.1:28790:18790',
    `--label=${LABELS.spec}=changed-by-hand`,
    `--label=${LABELS.image}=localhost/other:1`,
    'localhost/other:1',
  ]
  expect(run.calls.find(([verb]) => verb === 'run')).toEqual(expect.arrayContaining(wanted))
  expect(JSON.parse(fs.readFileSync(join(config, 'razroom.json'), 'utf8'))).toEqual({
    gateway: { mode: 'local' },
  })
  expect(fs.statSync(config).mode & 0o777).toBe(0o700)
})

test('variables that say what is set anyway change nothing', async () => {
  const port = await startGateway()
  const env = {
    RAZROOM_PODMAN_GATEWAY_HOST_PORT: String(port),
    RAZROOM_PODMAN_CONTAINER: 'razroom',
    RAZROOM_CONFIG_DIR: '',
  }
  const spec = makeSpec(port)
  const run = await runScript({ spec, env })
  expect(run.calls.flat()).toContain(`--label=${LABELS.spec}=${spec.labels[LABELS.spec]}`)
})

test.each([
  ['RAZROOM_PODMAN_GATEWAY_HOST_PORT', '80'],
  ['RAZROOM_PODMAN_GATEWAY_HOST_PORT', '18789 --privileged'],
  ['RAZROOM_PODMAN_GATEWAY_HOST_PORT', 'a[$(id>&2)]'],
  ['RAZROOM_PODMAN_BRIDGE_HOST_PORT', '65536'],
  ['RAZROOM_PODMAN_BRIDGE_HOST_PORT', '018790'],
  ['RAZROOM_PODMAN_BRIDGE_HOST_PORT', '18789'],
  ['RAZROOM_PODMAN_CONTAINER', '--all'],
  ['RAZROOM_PODMAN_CONTAINER', 'a\nb'],
  ['RAZROOM_PODMAN_IMAGE', '-v'],
  ['RAZROOM_PODMAN_IMAGE', 'a b'],
  ['RAZROOM_PODMAN_USERNS', 'nomap'],
  ['RAZROOM_CONFIG_DIR', 'relative'],
  ['RAZROOM_CONFIG_DIR', '/a:/b'],
  ['RAZROOM_CONFIG_DIR', '/a/../b'],
  ['RAZROOM_WORKSPACE_DIR', '/a\nb'],
])('%s=%j is refused before anything is done', async (name, value) => {
  const run = await runScript({ env: { [name]: value } })
  expect(run.code).toBe(2)
  expect(run.err).toMatch(/^run-razroom-podman: .*(?:is not|both want)/)
  expect(run.calls).toEqual([])
  expect(fs.existsSync(envFile())).toBe(false)
})

test.each([
  ['nothing', null, ''],
  ['an empty file', '', ''],
  ['other lines without a last newline', '# mine\r\nA=$(touch ~/pwned)', '# mine\r\nA=$(touch ~/pwned)\n'],
  ['an empty token', 'RAZROOM_GATEWAY_TOKEN=\nA=1\n', 'RAZROOM_GATEWAY_TOKEN=\nA=1\n'],
  [
    'a token that a later line empties',
    `${TOKEN_LINE}RAZROOM_GATEWAY_TOKEN= \r\n`,
    `${TOKEN_LINE}RAZROOM_GATEWAY_TOKEN= \r\n`,
  ],
  ['a token in a comment', `# ${TOKEN_LINE}`, `# ${TOKEN_LINE}`],
])('it writes a token: .env has %s', async (_name, before, kept) => {
  if (before !== null) fs.writeFileSync(envFile(), before)
  const run = await runScript({ spec: makeSpec(await startGateway()) })
  expect([run.err, run.code]).toEqual(['', 0])
  const text = readEnvFile()
  expect(text.startsWith(kept)).toBe(true)
  const added = text.slice(kept.length)
  expect(added).toMatch(/^RAZROOM_GATEWAY_TOKEN=[0-9a-f]{64}\n$/)
  expect(fs.statSync(envFile()).mode & 0o777).toBe(0o600)
  const token = added.trim().split('=')[1] ?? ''
  expect(JSON.stringify([run.calls, run.out, run.err])).not.toContain(token)
  expect(fs.existsSync(join(testHome(), 'pwned'))).toBe(false)
})

test.each([['openssl'], ['python3'], []])('a token comes from what is there: %s', async (...programs) => {
  const run = await runScript({ spec: makeSpec(await startGateway()), programs })
  expect([run.err, run.code]).toEqual(['', 0])
  expect(readEnvFile()).toMatch(/^RAZROOM_GATEWAY_TOKEN=[0-9a-f]{64}\n$/)
})

test('a token, a config and odd lines that are there stay byte for byte', async () => {
  const text = `\tRAZROOM_GATEWAY_TOKEN=short\r\nA=\`id\`\n=broken`
  fs.writeFileSync(envFile(), text)
  fs.writeFileSync(join(testHome(), '.razroom', 'razroom.json'), '// mine')
  expect((await runScript({ spec: makeSpec(await startGateway()) })).code).toBe(0)
  expect(readEnvFile()).toBe(text)
  expect(fs.readFileSync(join(testHome(), '.razroom', 'razroom.json'), 'utf8')).toBe('// mine')
})

test.each([true, false])('only an HTTP answer counts (curl there: %s)', async (hasCurl) => {
  let connections = 0
  const http = createServer(answerWith)
  const tcp = createTcpServer((socket) => {
    connections += 1
    if (connections <= 2) socket.destroy()
    else http.emit('connection', socket)
  })
  const port = await listen(tcp)
  const run = await runScript({ spec: makeSpec(port), programs: hasCurl ? ['curl', 'openssl'] : ['openssl'] })
  expect([run.err, run.code]).toEqual(['', 0])
  expect(connections).toBe(3)
  expect(run.out).toContain(`The gateway answers: http://127.0.0.1:${port}/`)
})

test('the container ended: its exit code and last lines, without control characters', async () => {
  const run = await runScript({ spec: makeSpec(1_999), env: { FAKE_STATE: 'exited 1' } })
  expect(run.code).toBe(1)
  expect(run.err).toBe(
    [
      'run-razroom-podman: the gateway ended with exit code 1 instead of answering',
      'run-razroom-podman: its last lines:',
      'first',
      'Refusing]0;evil to bind',
      '',
    ].join('\n'),
  )
})

test('it does not answer in time', async () => {
  const edit = (script: string) => script.replace(/^ready_timeout=900$/m, 'ready_timeout=1')
  const run = await runScript({ spec: makeSpec(1_999), edit })
  expect(run.code).toBe(1)
  expect(run.err).toContain('did not answer at http://127.0.0.1:1999/ within 1 s')
})

test.each([
  ['podman fails', { env: { FAKE_RUN_EXIT: '125' } }, 1, 'podman did not start the container'],
  ['the container vanishes', { env: { FAKE_STATE: '' }, spec: 1_999 }, 1, 'was removed while it started'],
  ['there is no image', { env: { FAKE_NO_IMAGE: '1' } }, 3, 'there is no image localhost/razroom:bundled'],
  ['podman does not work', { env: { FAKE_NO_IMAGE: '125' } }, 3, 'podman does not work for razroom'],
  ['another user runs it', { owner: 4242 }, 3, 'run: sudo -u razroom'],
  ['the argument is unknown', { args: ['stop'] }, 2, 'unknown argument: stop'],
  ['the wizard has no terminal', { args: ['launch', 'setup'] }, 2, 'the wizard needs a terminal'],
] as const)('%s', async (_name, options, code, message) => {
  const base = makeSpec('spec' in options ? options.spec : 18789)
  const spec = 'owner' in options ? { ...base, owner: { ...base.owner, uid: options.owner } } : base
  const run = await runScript({
    spec,
    env: 'env' in options ? options.env : {},
    args: 'args' in options ? options.args : [],
  })
  expect(run.code).toBe(code)
  expect(run.err).toContain(message)
})

test('podman is not installed', async () => {
  const edit = (script: string) => script.replace('cd /', 'cd /; rm -- "$(command -v podman)"; hash -r')
  const run = await runScript({ programs: [], edit })
  expect([run.code, run.err]).toEqual([3, expect.stringContaining('podman is not installed')])
})

test.each(['a symlink', 'a directory'])('.env is %s', async (kind) => {
  const elsewhere = join(testRoot(), 'elsewhere')
  fs.writeFileSync(elsewhere, 'A=1\n')
  if (kind === 'a symlink') fs.symlinkSync(elsewhere, envFile())
  else fs.mkdirSync(envFile())
  const run = await runScript()
  expect([run.code, run.err]).toEqual([3, expect.stringContaining('is not a plain file')])
  expect(fs.readFileSync(elsewhere, 'utf8')).toBe('A=1\n')
})

test('the wizard runs in the gateway when it is up, else in a container of its own', async () => {
  fs.writeFileSync(envFile(), TOKEN_LINE)
  const spec = makeSpec()
  const up = await runScript({ spec, args: ['setup'], terminal: true })
  expect(up.calls.at(-1)).toEqual(['exec', ...podmanSetupExecArgs(spec)])
  const down = await runScript({ spec, args: ['setup'], terminal: true, env: { FAKE_STATE: 'exited 0' } })
  expect(down.calls.at(-1)).toEqual(['run', ...podmanSetupArgs(spec)])
})

test('help', async () => {
  const run = await runScript({ args: ['--help'] })
  expect([run.code, run.out]).toEqual([0, expect.stringContaining('[launch] [setup]')])
})
