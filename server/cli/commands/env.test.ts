import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import type { EnvCheck, EnvDocument } from '../../../contract/env.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'
import { runTestCli, startTestPanel, type TestHandlers, type TestPanel } from '../test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

const DOCUMENT: EnvDocument = {
  path: '/home/razroom/.razroom/.env',
  exists: true,
  etag: 'e1',
  isUtf8: true,
  entries: [
    { line: 1, kind: 'comment', text: '# keys', masked: false, length: 6, isEffective: true },
    { line: 2, kind: 'assignment', key: 'PORT', value: '1', masked: false, length: 1, isEffective: false },
    { line: 3, kind: 'assignment', key: 'PORT', value: '2', masked: false, length: 1, isEffective: true },
    { line: 4, kind: 'assignment', key: 'API_KEY', masked: true, length: 48, isEffective: true },
  ],
  findings: [
    { id: 'twice', severity: 'warning', title: 'PORT is set twice', evidence: 'lines 2 and 3', line: 3 },
  ],
}

async function start(handlers: TestHandlers): Promise<TestPanel> {
  const panel = await startTestPanel({ 'GET /api/env': () => DOCUMENT, ...handlers })
  panels.push(panel)
  return panel
}

test('list shows values, masks secrets and tells findings', async () => {
  const panel = await start({})
  const { code, stdout, stderr } = await runTestCli(['env', 'list'], { panel })
  expect(code).toBe(0)
  expect(stdout).toBe('PORT=1  (a later line sets it again)\nPORT=2\nAPI_KEY=•••••••• (48 characters)\n')
  expect(stderr).toBe('warning: line 3: PORT is set twice\n  lines 2 and 3\n')
  expect(JSON.parse((await runTestCli(['env', 'list', '--json'], { panel })).stdout)).toEqual(DOCUMENT)
})

test('get reveals the line that counts', async () => {
  const panel = await start({ 'POST /api/env/reveal': () => ({ text: '2', etag: 'e1' }) })
  expect(await runTestCli(['env', 'get', 'PORT'], { panel })).toEqual({ code: 0, stdout: '2\n', stderr: '' })
  expect(panel.requests.at(-1)?.body).toEqual({ line: 3 })
  const asJson = await runTestCli(['env', 'get', 'PORT', '--json'], { panel })
  expect(JSON.parse(asJson.stdout)).toEqual({ key: 'PORT', value: '2' })
})

test('get reads again when the file changed between its two requests', async () => {
  let reads = 0
  const panel = await start({
    'GET /api/env': () => {
      reads += 1
      return { ...DOCUMENT, etag: `e${reads}` }
    },
    'POST /api/env/reveal': () => ({ text: `value ${reads}`, etag: 'e2' }),
  })
  expect((await runTestCli(['env', 'get', 'PORT'], { panel })).stdout).toBe('value 2\n')
})

test('get of a variable that is not there is a problem', async () => {
  const panel = await start({})
  const { code, stderr } = await runTestCli(['env', 'get', 'NOPE'], { panel })
  expect(code).toBe(1)
  expect(stderr).toContain('The variable is not set: NOPE is not in /home/razroom/.razroom/.env')
})

const saving: TestHandlers = {
  'PUT /api/env': () => ({ etag: 'e2', changed: true, restartRequired: true }),
}
const putOf = (panel: TestPanel) => panel.requests.find(({ key }) => key === 'PUT /api/env')

test('set saves against the version it read', async () => {
  const panel = await start(saving)
  const { code, stdout, stderr } = await runTestCli(['env', 'set', 'A=1', 'B=x=y', 'C='], { panel })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toBe('Saved.\nTo take effect it needs: sudo razroom-panel restart\n')
  expect(putOf(panel)?.headers['if-match']).toBe('"e1"')
  expect(putOf(panel)?.body).toEqual({
    edits: [
      { op: 'set', key: 'A', value: '1' },
      { op: 'set', key: 'B', value: 'x=y' },
      { op: 'set', key: 'C', value: '' },
    ],
  })
  const asJson = await runTestCli(['env', 'set', 'A=1', '--json'], { panel })
  expect(JSON.parse(asJson.stdout)).toEqual({ etag: 'e2', changed: true, restartRequired: true })
})

test('set takes the value of a bare name from standard input, without its last line break', async () => {
  const panel = await start(saving)
  const { code, stdout, stderr } = await runTestCli(['env', 'set', 'API_KEY'], {
    panel,
    stdin: 'sk-canary\n',
  })
  expect(code).toBe(0)
  expect(putOf(panel)?.body).toEqual({ edits: [{ op: 'set', key: 'API_KEY', value: 'sk-canary' }] })
  expect(stdout + stderr).not.toContain('canary')
})

test.each(['', '\n', '\r\n'])('set refuses the empty value %j of a bare name', async (stdin) => {
  const panel = await start(saving)
  const { code, stdout, stderr } = await runTestCli(['env', 'set', 'API_KEY'], { panel, stdin })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('env unset API_KEY')
  expect(stderr).toContain('env set API_KEY=')
  expect(putOf(panel)).toBeUndefined()
})

test('set refuses an empty answer on a terminal; K= empties on purpose', async () => {
  const panel = await start(saving)
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  stdin.write('\r')
  expect((await runTestCli(['env', 'set', 'API_KEY'], { panel, io: { stdin } })).code).toBe(2)
  expect(putOf(panel)).toBeUndefined()
  expect((await runTestCli(['env', 'set', 'API_KEY='], { panel })).code).toBe(0)
  expect(putOf(panel)?.body).toEqual({ edits: [{ op: 'set', key: 'API_KEY', value: '' }] })
})

test('set asks on a terminal, without showing the value', async () => {
  const panel = await start(saving)
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  stdin.write('sk-canary\r')
  const { code, stdout, stderr } = await runTestCli(['env', 'set', 'API_KEY'], { panel, io: { stdin } })
  expect(code).toBe(0)
  expect(putOf(panel)?.body).toEqual({ edits: [{ op: 'set', key: 'API_KEY', value: 'sk-canary' }] })
  expect(stderr).toContain('Value of API_KEY (not shown): ')
  expect(stdout + stderr).not.toContain('canary')
})

test('set says when a secret went through the command line', async () => {
  const { stdout, stderr } = await runTestCli(['env', 'set', 'API_KEY=canary'], {
    panel: await start(saving),
  })
  expect(stderr).toContain('Next time: env set API_KEY')
  expect(stdout + stderr).not.toContain('canary')
})

test('set tries again when the file changed meanwhile, but not for ever', async () => {
  let tries = 0
  const handlers = (failures: number): TestHandlers => ({
    'PUT /api/env': () => {
      tries += 1
      if (tries <= failures) throw new ConflictError('ENV_CHANGED')
      return { etag: 'e2', changed: true, restartRequired: false }
    },
  })
  expect((await runTestCli(['env', 'set', 'A=1'], { panel: await start(handlers(1)) })).code).toBe(0)
  tries = 0
  const { code, stderr } = await runTestCli(['env', 'set', 'A=1'], { panel: await start(handlers(99)) })
  expect([code, tries]).toEqual([1, 12])
  expect(stderr).toContain('The file was changed meanwhile')
})

test('unset removes, and passes on that there is nothing to remove', async () => {
  const panel = await start(saving)
  expect((await runTestCli(['env', 'unset', 'A', 'B'], { panel })).code).toBe(0)
  expect(putOf(panel)?.body).toEqual({
    edits: [
      { op: 'unset', key: 'A' },
      { op: 'unset', key: 'B' },
    ],
  })
  const without = await start({
    'PUT /api/env': () => {
      throw new NotFoundError('ENV_KEY_NOT_FOUND', { detail: 'A' })
    },
  })
  expect((await runTestCli(['env', 'unset', 'A'], { panel: without })).stderr).toContain('not set: A')
})

test.each([
  [['set'], 'env set needs'],
  [['set', '1A=x'], '"1A" is no name of a variable'],
  [['set', '=x'], '"" is no name of a variable'],
  [['set', 'A', 'B'], 'standard input holds one value'],
  [['unset'], 'env unset needs'],
  [['unset', 'A=1'], '"A=1" is no name of a variable'],
  [['get'], 'env get needs'],
  [['get', 'A', 'B'], 'takes no operand'],
  [['list', 'A'], 'takes no operand'],
  [['check', 'a', 'b'], 'takes no operand'],
  [['check', ''], 'the name of the file is empty'],
  [['check', '--yes'], 'belong to env mend'],
  [['mend', 'A'], 'takes no operand'],
  [['mend', '--line', 'two', '--yes'], '--line needs the number of a line, not "two"'],
  [['mend', '--line', '0', '--yes'], '--line needs'],
])('env %j is a usage problem', async (words, says) => {
  const { code, stderr } = await runTestCli(['env', ...words])
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})

const check = (verdict: EnvCheck['verdict']): EnvCheck => ({ verdict, findings: DOCUMENT.findings })

test.each([
  ['clean', 0],
  ['findings', 1],
  ['fatal', 2],
] as const)('check FILE needs no root and no panel: %s is exit code %d', async (verdict, code) => {
  const paths: string[] = []
  const seen: string[] = []
  const options = {
    io: { uid: 1000 },
    services: {
      readInputFile: async (path: string) => {
        paths.push(path)
        return Buffer.from('\ufeffA=1\n')
      },
      checkEnv: (text: string) => {
        seen.push(text)
        return check(verdict)
      },
    },
  }
  const { stdout, ...result } = await runTestCli(['env', 'check', 'my.env', '--json'], options)
  expect(result).toEqual({ code, stderr: '' })
  expect(JSON.parse(stdout)).toEqual(check(verdict))
  expect(paths).toEqual(['/somewhere/my.env'])
  expect(seen).toEqual(['\ufeffA=1\n'])
  expect((await runTestCli(['env', 'check', 'my.env'], options)).stdout).toContain('PORT is set twice')
})

test('check - reads standard input; bytes that are no UTF-8 are a problem', async () => {
  const services = { checkEnv: (text: string) => check(text === 'A=1' ? 'clean' : 'fatal') }
  expect((await runTestCli(['env', 'check', '-'], { stdin: 'A=1', services })).code).toBe(0)
  const readInputFile = async () => Uint8Array.of(65, 61, 255)
  const { code, stderr } = await runTestCli(['env', 'check', 'f'], {
    services: { ...services, readInputFile },
  })
  expect(code).toBe(1)
  expect(stderr).toContain('The file is not UTF-8 text: /somewhere/f')
})

test('check names a file that is not there', async () => {
  const readInputFile = async () => {
    throw new NotFoundError('NOT_FOUND', { detail: '/somewhere/f' })
  }
  const { code, stderr } = await runTestCli(['env', 'check', 'f'], { services: { readInputFile } })
  expect(code).toBe(1)
  expect(stderr).toContain('There is no such file: /somewhere/f')
  expect(stderr).not.toContain('address')
})

test.each([['M=canary\nb'], ['M=canary\0b']])('set refuses %j, and does not say the value', async (word) => {
  const panel = await start({})
  const { code, stderr } = await runTestCli(['env', 'set', word], { panel })
  expect(code).toBe(2)
  expect(stderr).toContain('the value of M has a line break')
  expect(stderr).not.toContain('canary')
})

test('check of the own .env asks the panel; a missing file is fatal', async () => {
  const panel = await start({
    'POST /api/env/reveal': () => ({ text: 'A="x"\n', etag: 'e1' }),
    'POST /api/env/check': ({ body }) => check(body.text === 'A="x"\n' ? 'findings' : 'fatal'),
  })
  expect((await runTestCli(['env', 'check'], { panel })).code).toBe(1)
  const without = await start({ 'GET /api/env': () => ({ ...DOCUMENT, exists: false, etag: 'absent' }) })
  const { code, stdout } = await runTestCli(['env', 'check'], { panel: without })
  expect(code).toBe(2)
  expect(stdout).toContain('There is no .env file')
})
