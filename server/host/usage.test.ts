import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseProcessStat, processTree } from './process-table.ts'
import { createUsageReader } from './usage.ts'

describe('parseProcessStat', () => {
  it('reads past a name that looks like fields', () => {
    const rest = 'S 7 1 1 0 -1 4194560 1 0 0 0 250 150 0 0 20 0 1 0 987654 0 0'
    expect(parseProcessStat(`42 (a) S 1 (b) ${rest}`)).toEqual({
      pid: 42,
      parent: 7,
      startTime: '987654',
      cpuTicks: 400,
      isZombie: false,
    })
  })

  it.each(['', '42', '42 (x', 'x (y) S 1'])('refuses %j', (text) => {
    expect(parseProcessStat(text)).toBeNull()
  })
})

it('processTree takes a process and all below it', () => {
  const entry = (pid: number, parent: number) => ({
    pid,
    parent,
    startTime: '1',
    cpuTicks: 0,
    isZombie: false,
  })
  const all = [entry(1, 0), entry(2, 1), entry(3, 2), entry(4, 2), entry(5, 1), entry(6, 4)]
  expect(processTree(all, 2).map(({ pid }) => pid)).toEqual([2, 3, 4, 6])
  expect(processTree(all, 99)).toEqual([])
})

describe('createUsageReader', () => {
  it('sees the work of children, and none when all is still', async () => {
    const read = createUsageReader()
    const child = spawn('sh', ['-c', 'while :; do :; done & wait'], { stdio: 'ignore', detached: true })
    const pid = child.pid ?? 0
    await wait(100)
    expect(await read(pid)).toMatchObject({ cpuPercent: 0 })
    await wait(500)
    const busy = await read(pid)
    expect(busy?.cpuPercent).toBeGreaterThan(5)
    expect(busy?.memoryBytes).toBeGreaterThan(10_000)
    process.kill(-pid, 'SIGKILL')
    await once(child, 'exit')
    await wait(50)
    expect(await read(pid)).toBeNull()
  })
})
