import { expect, test } from 'vitest'
import { HostError } from '../../errors.ts'
import { runTestCli } from '../test-panel.ts'

function uninstaller(lines: readonly string[] = []) {
  const calls: (readonly string[])[] = []
  const uninstall = async (options: readonly string[], onLine: (line: string) => void) => {
    calls.push(options)
    for (const line of lines) onLine(line)
  }
  return { calls, services: { uninstall } }
}

test.each([
  [[], []],
  [
    ['--purge', '--confirm', 'razroom'],
    ['--purge', '--confirm', 'razroom'],
  ],
  [
    ['--no-backup', '--confirm', 'alice', '--purge'],
    ['--purge', '--confirm', 'alice', '--no-backup'],
  ],
])('uninstall %j runs the uninstaller with %j', async (words, expected) => {
  const { calls, services } = uninstaller(['==> Removing the panel'])
  const { code, stdout, stderr } = await runTestCli(['uninstall', ...words], { services })
  expect([code, stdout, stderr]).toEqual([0, '==> Removing the panel\n', ''])
  expect(calls).toEqual([expected])
})

test('with --json there is one document', async () => {
  const { services } = uninstaller(['a', 'b'])
  const { stdout } = await runTestCli(['uninstall', '--json'], { services })
  expect(JSON.parse(stdout)).toEqual({ uninstalled: true, purged: false, output: ['a', 'b'] })
})

test('a failure is a problem with what was said', async () => {
  const uninstall = async () => {
    throw new HostError('UNINSTALL_FAILED', {
      detail: 'install.sh: The backup failed, so nothing was removed.',
    })
  }
  const json = await runTestCli(['uninstall', '--json'], { services: { uninstall } })
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({ code: 'UNINSTALL_FAILED' })
  const { stderr } = await runTestCli(['uninstall'], { services: { uninstall } })
  expect(stderr).toContain('The backup failed, so nothing was removed.')
})

test.each([
  [['--confirm', 'razroom'], '--confirm goes with --purge'],
  [['--no-backup'], '--no-backup goes with --purge'],
  [['razroom'], 'razroom'],
])('uninstall %j is refused', async (words, message) => {
  const { calls, services } = uninstaller()
  const { code, stderr } = await runTestCli(['uninstall', ...words], { services })
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(calls).toEqual([])
})
