import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgentOrder, AgentReport } from './protocol.ts'

const AGENT = join(import.meta.dirname, 'main.ts')

let directory: string
let agent: ChildProcessWithoutNullStreams
let shown = ''
let exit: AgentReport | null = null
let gone: Promise<number | null>

const say = (line: AgentOrder) => agent.stdin.write(`${JSON.stringify(line)}\n`)

/** Runs a shell script on a terminal; the clean-up leaves a file. */
function start(script: string): void {
  shown = ''
  exit = null
  agent = spawn(process.execPath, [AGENT], { env: { PATH: process.env.PATH, SECRET: 'of the panel' } })
  gone = new Promise((resolve) => agent.on('exit', resolve))
  let held = ''
  agent.stdout.on('data', (bytes: Buffer) => {
    held += bytes.toString()
    const lines = held.split('\n')
    held = lines.pop() ?? ''
    for (const line of lines) {
      const report = JSON.parse(line) as AgentReport
      if (report.type === 'output') shown += Buffer.from(report.data, 'base64').toString()
      else exit = report
    }
  })
  const argv = ['/bin/sh', '-c', script]
  const cleanUp = ['/bin/sh', '-c', 'echo cleaned >> "$0"', join(directory, 'cleaned')]
  agent.stdin.write(`${JSON.stringify({ argv, cleanUp, cols: 91, rows: 17 })}\n`)
}

const see = (text: string) => expect.poll(() => shown, { timeout: 10_000 }).toContain(text)
const cleaned = () => readFile(join(directory, 'cleaned'), 'utf8').catch(() => '')

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'terminal-agent-'))
})
afterEach(async () => {
  agent.kill('SIGKILL')
  await rm(directory, { recursive: true })
})

describe('the terminal agent', () => {
  it('gives a program a terminal of its own, its size, and nothing of our environment', async () => {
    start('tty; stty size; echo "[$SECRET$TERM]"; exit 7')
    await gone
    expect(shown).toMatch(/^\/dev\/pts\/\d+\r\n17 91\r\n\[xterm-256color\]\r\n$/)
    expect(exit).toEqual({ type: 'exit', code: 7 })
    expect(await cleaned()).toBe('cleaned\n')
  })

  it('types, and tells of another size', async () => {
    start('trap "stty size" WINCH; echo ready; read line; echo "<$line>"; while :; do sleep 0.1; done')
    await see('ready')
    say({ type: 'input', data: 'äöü\r' })
    await see('<äöü>')
    say({ type: 'resize', cols: 120, rows: 40 })
    await see('40 120')
    say({ type: 'input', data: '\x03' })
    await gone
    expect(exit).toEqual({ type: 'exit', code: null })
  })

  it('holds a flood back while it is told to', async () => {
    start('yes')
    await see('y')
    say({ type: 'pause' })
    // What was on its way still comes.
    let held = -1
    const isStill = () => {
      const before = held
      held = shown.length
      return held === before
    }
    await vi.waitUntil(isStill, { timeout: 15_000, interval: 300 })
    say({ type: 'resume' })
    await expect.poll(() => shown.length, { timeout: 10_000 }).toBeGreaterThan(held)
    say({ type: 'end' })
    await gone
    expect(await cleaned()).toBe('cleaned\n')
  })

  it.each([
    ['its panel is gone', () => agent.stdin.end()],
    ['it is told to', () => void agent.kill('SIGTERM')],
    ['it is asked to', () => void say({ type: 'end' })],
  ])('ends a program that ignores the hang-up, and cleans up, when %s', async (_when, act) => {
    start('trap "" HUP TERM; echo "pid $$."; while :; do sleep 1; done')
    await see('.')
    const pid = Number(/pid (\d+)/.exec(shown)?.[1])
    act()
    expect(await gone).toBe(0)
    expect(await cleaned()).toBe('cleaned\n')
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})
