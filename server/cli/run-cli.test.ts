import { expect, test } from 'vitest'
import { COMMANDS } from './command-list.ts'
import { runTestCli, startTestPanel, TEST_STATUS } from './test-panel.ts'

const parse = (text: string) => JSON.parse(text) as Record<string, unknown>

test.each([[['help']], [['--help']], [['-h']]])('%j lists every command, also without root', async (argv) => {
  const { code, stdout, stderr } = await runTestCli(argv, { io: { uid: 1000 } })
  expect([code, stderr]).toEqual([0, ''])
  for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'))
})

test.each(COMMANDS.map(({ name }) => [name]))('%s has a help text with an example', async (name) => {
  const options = { io: { uid: 1000 } }
  const { code, stdout } = await runTestCli([name, '--help'], options)
  expect(code).toBe(0)
  expect(stdout).toContain(`Usage: razroom-panel ${name}`)
  expect(stdout).toMatch(/Examples:\n.*razroom-panel/)
  expect((await runTestCli(['help', name], options)).stdout).toBe(stdout)
  expect(parse((await runTestCli([name, '--help', '--json'], options)).stdout).help).toContain('Usage:')
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
})

test('--version is the version, with --json too', async () => {
  const options = { io: { uid: 1000 } }
  expect(await runTestCli(['--version'], options)).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
  expect(parse((await runTestCli(['--json', '--version'], options)).stdout)).toEqual({ version: '1.2.3' })
})

test.each([
  [['stauts'], 'there is no command "stauts"; did you mean: razroom-panel status?'],
  [['frobnicate'], 'there is no command "frobnicate"'],
  [['start'], 'did you mean: razroom-panel launch?'],
  [['help', 'lgos'], 'did you mean: razroom-panel logs?'],
  [['status', '--jsno'], 'status has no option --jsno; did you mean --json?'],
  [['setup', '--gateway-prot', '1'], 'setup has no option --gateway-prot; did you mean --gateway-port?'],
  [['setup', '--gateway-port'], "Option '--gateway-port <value>' argument missing"],
  [['status', '--json=yes'], "Option '--json' does not take an argument"],
  [['status', 'now'], 'status takes no operand, and "now" is one'],
  [['token'], 'token needs one of: show, rotate'],
  [['token', 'shwo'], 'did you mean token show?'],
  [['launch', 'setpu'], 'did you mean launch setup?'],
  [['--frob'], 'there is no option --frob before a command'],
  [['logs', '-i'], '-i belongs to --grep'],
  [['serve', '--port', '80'], '--port must be a port from 1024 to 65535'],
])('%j is a usage problem with exit code 2', async (argv, says) => {
  const forPeople = await runTestCli(argv)
  expect(forPeople).toMatchObject({ code: 2, stdout: '' })
  expect(forPeople.stderr).toContain(says)
  const known = COMMANDS.find(({ name }) => name === argv[0])
  expect(forPeople.stderr).toContain(`  Run: razroom-panel help${known ? ` ${known.name}` : ''}\n`)
  const forScripts = await runTestCli([...argv, '--json'].filter((word) => word !== '--json=yes'))
  if (!argv.includes('--json=yes') && argv.at(-1) !== '--gateway-port') {
    expect(forScripts).toMatchObject({ code: 2, stderr: '' })
    expect(parse(forScripts.stdout)).toMatchObject({ code: 'USAGE', detail: expect.stringContaining(says) })
  }
})

test('the lines of a form that is continued stand below its operands, without the name of the program', async () => {
  const { stdout } = await runTestCli(['setup', '--help'])
  const usage = stdout
    .slice(stdout.indexOf('Usage:'), stdout.indexOf('\n\n', stdout.indexOf('Usage:')))
    .split('\n')
  const [first = '', ...others] = usage
  const column = first.indexOf('[--quadlet')
  expect(others.length).toBeGreaterThan(1)
  for (const line of others) expect(line.search(/\S/)).toBe(column)
  const { stdout: env } = await runTestCli(['env', '--help'])
  expect(env).toContain('\n       razroom-panel env get K')
})

test('the options of every command stand in one column', async () => {
  const { stdout } = await runTestCli(['help'])
  const columns = ['one JSON document', 'show this text', 'show the version'].map((about) =>
    stdout
      .split('\n')
      .find((line) => line.includes(about))
      ?.indexOf(about),
  )
  expect(new Set(columns).size).toBe(1)
})

test('without a command it shows what there is, as a usage problem', async () => {
  const { code, stdout, stderr } = await runTestCli([])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Commands:')
})

test.each([
  [['status'], 'sudo razroom-panel status'],
  [['env', 'set', 'API_KEY=canary'], 'sudo razroom-panel env set'],
  [['env', 'check'], 'sudo razroom-panel env check'],
  [['token', 'show'], 'sudo razroom-panel token show'],
  [['setup', '--repo', 'canary'], 'sudo razroom-panel setup'],
])('%j without root says what to run, and repeats no value', async (argv, says) => {
  const { code, stdout, stderr } = await runTestCli(argv, { io: { uid: 1000 } })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`${says}\n`)
  expect(stderr).not.toContain('canary')
  const scripts = await runTestCli([...argv, '--json'], { io: { uid: 1000 } })
  expect(scripts.code).toBe(1)
  expect(parse(scripts.stdout)).toMatchObject({ code: 'NOT_ROOT', status: 403 })
})

test('options before the command belong to it', async () => {
  const panel = await startTestPanel({ 'GET /api/status': () => TEST_STATUS })
  try {
    const { code, stdout } = await runTestCli(['--json', 'status'], { panel })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(TEST_STATUS)
  } finally {
    await panel.close()
  }
})

test('a panel that cannot be reached is a problem with exit code 1', async () => {
  const connect = async () => ({ socketPath: '/nowhere/s', isDaemon: true, close: async () => {} })
  const { code, stdout, stderr } = await runTestCli(['status'], { services: { connect } })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^razroom-panel: The panel does not answer: \/nowhere\/s: .*\n {2}See: systemctl/)
})

test('a defect is an internal problem whose trace goes to stderr, not into the document', async () => {
  const connect = () => Promise.reject(new TypeError('canary'))
  const { code, stdout, stderr } = await runTestCli(['status', '--json'], { services: { connect } })
  expect(code).toBe(1)
  expect(parse(stdout)).toMatchObject({ code: 'INTERNAL' })
  expect(stdout).not.toContain('canary')
  expect(stderr).toContain('TypeError: canary')
})

test('the connection is closed after success and after failure', async () => {
  let closed = 0
  for (const handlers of [{ 'GET /api/status': () => TEST_STATUS }, {}]) {
    const panel = await startTestPanel(handlers)
    const close = async () => {
      closed += 1
    }
    const connect = async () => ({ socketPath: panel.socketPath, isDaemon: true, close })
    await runTestCli(['status'], { services: { connect } })
    await panel.close()
  }
  expect(closed).toBe(2)
})

test('serve hands its port to the daemon and its exit code back', async () => {
  const ports: unknown[] = []
  const serve = async (options: { port?: number }) => {
    ports.push(options)
    return 7
  }
  expect((await runTestCli(['serve', '--port', '18781'], { services: { serve } })).code).toBe(7)
  expect((await runTestCli(['serve'], { services: { serve } })).code).toBe(7)
  expect(ports).toEqual([{ port: 18781 }, {}])
})
