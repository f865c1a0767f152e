import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'

const INSTALLER = join(import.meta.dirname, '../install.sh')

/** Everything here is refused before the installer asks for root or touches anything. */
function install(...options: string[]) {
  return execa(INSTALLER, options, { reject: false, cwd: '/', stdin: 'ignore' })
}

test('--help names every option that is understood', async () => {
  const { exitCode, stdout } = await install('--help')
  expect(exitCode).toBe(0)
  const { stdout: source } = await execa('cat', [join(INSTALLER, '../scripts/install/options.sh')])
  const understood = [...source.matchAll(/^ {6}(--[a-z |-]+)\)/gm)].flatMap(([, words = '']) =>
    words.split(' | '),
  )
  expect(understood.length).toBeGreaterThan(10)
  for (const option of understood.filter((word) => word.startsWith('--'))) expect(stdout).toContain(option)
})

test.each([
  [['--nonsense'], "unknown option '--nonsense'"],
  [['extra'], "unknown option 'extra'"],
  [['--port'], '--port needs a value'],
  [['--port', '--panel-only'], '--port needs a value'],
  [['--port', '80'], 'a port from 1024 to 65535'],
  [['--port', '65536'], 'a port from 1024 to 65535'],
  [['--gateway-port', '18789x'], 'a port from 1024 to 65535'],
  [['--bridge-port', '0x4000'], 'a port from 1024 to 65535'],
  [['--repo', '/no/such/directory'], "there is no directory '/no/such/directory'"],
  [['--bundled', '--repo', '/tmp'], '--bundled and --repo exclude each other'],
  [['--admin', 'nobody-of-this-name'], "there is no user 'nobody-of-this-name'"],
  [['--panel-only', '--bundled'], '--panel-only and --bundled exclude each other'],
  [['--archive', '/tmp'], "there is no file '/tmp'"],
  [['--image', 'a', '--archive', '/etc/passwd'], '--image and --archive exclude each other'],
  [['--build-arg', 'KEY'], "--build-arg needs NAME=VALUE, not 'KEY'"],
  [['--user'], '--user needs a value'],
  [['--publish', '--user'], '--publish needs a value'],
  [['--panel-only', '--quadlet'], '--panel-only and --quadlet exclude each other'],
  [['--try', '--panel-only'], '--try takes only'],
  [['--try', '--uninstall'], '--try takes only'],
  [['--uninstall', '--no-backup'], '--no-backup goes with'],
  [['--purge'], '--purge goes with --uninstall'],
  [['--uninstall', '--confirm', 'razroom'], '--confirm goes with'],
  [['--uninstall', '--port', '18781'], '--uninstall takes only'],
])('%s is refused with exit code 2', async (options, message) => {
  const { exitCode, stderr, stdout } = await install(...options)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr).toContain('./install.sh --help')
  expect(stdout).toBe('')
})
