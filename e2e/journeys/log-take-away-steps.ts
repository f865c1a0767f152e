import { expect, it } from 'vitest'
import type { LogLine } from '../../contract/logs.ts'
import { PANEL_URL } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { printLines } from './log-history-steps.ts'
import type { LogHost } from './log-host.ts'

/** What leaves the panel: files, and what the command line prints. */
export function itTakesTheLogAway(open: () => LogHost): void {
  const download = async (query: string) => {
    const { host } = open().panel
    const token = (await host.run(['cat', '/var/lib/razroom-panel/api-token'])).stdout.trim()
    const request = [
      'curl',
      '--silent',
      '--include',
      '--header',
      '@-',
      `${PANEL_URL}/api/logs/download?${query}`,
    ]
    const { stdout } = await host.outside(request, { input: `Authorization: Bearer ${token}` })
    const end = stdout.search(/\r?\n\r?\n/)
    return { head: stdout.slice(0, end), lines: stdout.slice(end).trim().split('\n') }
  }

  it('is downloaded as text and as lines of JSON, all of it or what a filter leaves', async () => {
    await printLines(open(), ['\x1b[32mdownload\x1b[0m 1', 'download 2', 'other'])
    await waitUntil('the last line is there', 60_000, async () => {
      const lines = await open().panel.cli<LogLine[]>('logs', '-n', '20')
      return lines.some(({ text }) => text === 'other')
    })
    const text = await download('format=text&text=download')
    expect(text.head).toMatch(/content-disposition: attachment; filename="?gateway-\d{4}-\d\d-\d\d\.log/i)
    expect(text.lines.slice(-2).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'download 1',
      'download 2',
    ])
    const jsonl = await download('format=jsonl')
    expect(jsonl.head).toMatch(/\.jsonl/)
    const lines = jsonl.lines.map((line) => JSON.parse(line) as LogLine)
    const last = lines.findIndex(({ text: one }) => one === 'other')
    expect(lines.slice(last - 2, last + 1).map((line) => line.text)).toEqual([
      'download 1',
      'download 2',
      'other',
    ])
    // It is all that is kept: as many as lead back by pages, but for those that came meanwhile.
    expect(new Set(lines.map(({ cursor }) => cursor)).size).toBe(lines.length)
  })

  it('is read and followed on the shell, since a time too', async () => {
    const host = open()
    const { panel } = host
    const follower = await panel.host.spawn(['razroom-panel', 'logs', '-f', '-n', '0', '--json'])
    let said = ''
    follower.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString()
    })
    let count = 0
    await waitUntil('the command follows', 60_000, async () => {
      count += 1
      await printLines(host, [`shell ${count}`])
      return said.includes('"shell ')
    })
    const first = JSON.parse(said.split('\n').find((line) => line.includes('"shell ')) ?? '') as LogLine
    await printLines(host, ['followed'])
    await waitUntil('the line is followed', 60_000, () => said.includes('"followed"'))
    follower.kill('SIGINT')
    await waitUntil(
      'the command ends',
      60_000,
      () => follower.exitCode !== null || follower.signalCode !== null,
    )
    const since = await panel.cli<LogLine[]>('logs', '--since', first.time)
    expect(since[0]?.time.slice(0, 23)).toBe(first.time.slice(0, 23))
    expect(since.map(({ text }) => text)).toContain('followed')
    expect((await panel.cli<LogLine[]>('logs', '--grep', '^followed$')).map(({ text }) => text)).toEqual([
      'followed',
    ])
    const end = since.find(({ text }) => text === 'followed')?.time ?? ''
    const before = await panel.cli<LogLine[]>('logs', '--since', first.time, '--until', end)
    expect(before.map(({ text }) => text)).toEqual(since.slice(0, before.length).map(({ text }) => text))
    expect([before.length > 0, before.some(({ text }) => text === 'followed')]).toEqual([true, false])
    const dated = await panel.tryCli(['logs', '-t', '--stream', 'stdout', '--grep', '^followed$'])
    expect(dated.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} followed$/)
    expect((await panel.tryCli(['logs', '-n', '1'])).stdout).not.toContain('\x1b')
  })
}
