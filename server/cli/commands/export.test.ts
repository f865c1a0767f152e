import { afterEach, expect, test } from 'vitest'
import type { ExportDocument } from '../../../contract/unit.ts'
import { ConflictError, SetupError } from '../../errors.ts'
import { runTestCli, startTestPanel, type TestHandlers, type TestPanel } from '../test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

const DOCUMENT: ExportDocument = {
  format: 'kube',
  filename: 'razroom.yaml',
  text: 'kind: Secret\n',
  notes: ['Put in the token.', 'Then apply it.'],
}

async function start(handlers: TestHandlers = {}): Promise<TestPanel> {
  const panel = await startTestPanel({
    'GET /api/export/:format': () => DOCUMENT,
    'POST /api/export/:format/reveal': () => ({ ...DOCUMENT, text: 'secret\n' }),
    ...handlers,
  })
  panels.push(panel)
  return panel
}

test('the file is on stdout to the last byte, the notes are on stderr', async () => {
  const panel = await start()
  expect(await runTestCli(['export', 'kube'], { panel })).toEqual({
    code: 0,
    stdout: 'kind: Secret\n',
    stderr: 'Put in the token.\nThen apply it.\n',
  })
  expect(panel.requests.map(({ url }) => url)).toEqual(['/api/export/kube'])
  expect(JSON.parse((await runTestCli(['export', 'kube', '--json'], { panel })).stdout)).toEqual(DOCUMENT)
})

test('secrets are there only when they are asked for', async () => {
  const panel = await start()
  expect((await runTestCli(['export', 'kube', '--secrets'], { panel })).stdout).toBe('secret\n')
  expect(panel.requests.map(({ key }) => key)).toEqual(['POST /api/export/:format/reveal'])
})

test('into a file, from where the person stands', async () => {
  const panel = await start()
  const written: [string, string][] = []
  const services = {
    writeOutputFile: async (path: string, text: string) => {
      written.push([path, text])
    },
  }
  const { code, stdout } = await runTestCli(['export', 'kube', '--output', 'a.yaml'], { panel, services })
  expect([code, stdout]).toEqual([0, 'Written: a.yaml\n'])
  expect(written).toEqual([['/somewhere/a.yaml', 'kind: Secret\n']])
})

test('a file that is there stays, and nothing is said to be written', async () => {
  const panel = await start()
  const writeOutputFile = async () => {
    throw new ConflictError('FILE_EXISTS', { detail: '/somewhere/a.yaml' })
  }
  const options = { panel, services: { writeOutputFile } }
  const { code, stdout, stderr } = await runTestCli(['export', 'kube', '--output', 'a.yaml'], options)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('There is a file of this name already: /somewhere/a.yaml')
})

test('before a setup there is nothing to export', async () => {
  const panel = await start({
    'GET /api/export/:format': () => {
      throw new SetupError('SETUP_REQUIRED')
    },
  })
  expect((await runTestCli(['export', 'kube'], { panel })).code).toBe(1)
})

test.each([[[]], [['kub']], [['kube', 'more']]])('not understood: export %j', async (words) => {
  const { code, stdout } = await runTestCli(['export', ...words])
  expect([code, stdout]).toEqual([2, ''])
})
