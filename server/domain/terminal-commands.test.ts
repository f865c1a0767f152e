import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { TerminalCommand } from '../../contract/terminal.ts'
import { endProgramsArgs, TERMINAL_MARK, terminalContainer, terminalPlan } from './terminal-commands.ts'
import { ordinarySpec as spec } from './test-specs.ts'

test.each([
  ['onboard', ['onboard']],
  ['configure', ['configure']],
  ['channels-login', ['channels', 'login']],
  ['doctor', ['doctor']],
  ['models-status', ['models', 'status']],
  ['security-audit', ['security', 'audit']],
] as const)('%s is one fixed argv, in either place', (command, words) => {
  const typed = ['node', 'dist/index.js', ...words]
  expect(terminalPlan(spec, command, true).args).toEqual([
    'exec',
    '--interactive',
    '--tty',
    '--detach-keys=',
    `--env=${TERMINAL_MARK}`,
    '--env=TERM=xterm-256color',
    spec.name,
    ...typed,
  ])
  const own = terminalPlan(spec, command, false).args
  expect(own.slice(own.indexOf('--'))).toEqual(['--', spec.image, ...typed])
})

test('there is no other command', () => {
  expect(TerminalCommand.enum).toHaveLength(6)
})

test('the own container has the files and the environment of the gateway, no port, no log, and another name', () => {
  const { args, cleanUpArgs, place } = terminalPlan(spec, 'onboard', false)
  const name = terminalContainer(spec)
  expect(place).toBe('own')
  expect(args).toContain(`--name=${name}`)
  expect(args).toContain(`--env-file=${spec.envFile}`)
  expect(args.filter((word) => word.startsWith('--volume='))).toHaveLength(spec.mounts.length)
  expect(args).toContain('--log-driver=none')
  expect(args.filter((word) => word.startsWith('--publish'))).toEqual([])
  expect(name).not.toBe(`${spec.name}-setup`)
  expect(cleanUpArgs).toEqual(['rm', '--force', '--ignore', '--time=1', '--', name])
})

test('the script ends what has the mark, also when it ignores the hang-up, and nothing else', async () => {
  const stubborn = "process.on('SIGHUP', () => {}); setInterval(() => {}, 1000); console.log('up')"
  const start = async (env: Record<string, string>) => {
    const child = spawn(process.execPath, ['--eval', stubborn], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    return child
  }
  // Its own mark: without a container around it the script sees the whole machine.
  const name = `RAZROOM_TEST_${process.pid}`
  const [marked, other] = [await start({ [name]: '1' }), await start({ [name]: '10' })]
  const script = endProgramsArgs('x', `${name}=1`).at(-1) ?? ''
  const sweeper = spawn(process.execPath, ['--eval', script], { stdio: 'inherit' })
  const code = await new Promise((resolve) => sweeper.once('exit', resolve))
  if (marked.signalCode === null) await once(marked, 'exit')
  expect([code, marked.signalCode, other.signalCode]).toEqual([0, 'SIGKILL', null])
  other.kill('SIGKILL')
})
