import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PodmanInfo, parseContainer, parseEvent, parseImage, parsePodman } from './podman-output.ts'

/** Printed by these versions on Debian 12 and 13, for a container made with one label, one variable and a log file. */
const VERSIONS = ['4.3.1', '5.4.2'] as const
const fixture = (version: string, name: string): string =>
  readFileSync(join(import.meta.dirname, 'fixtures', `podman-${version}`, name), 'utf8')

describe.each(VERSIONS)('podman %s', (version) => {
  it('a running container', () => {
    const found = parseContainer(fixture(version, 'container.json'))
    expect(found).toMatchObject({
      name: 'fixture',
      status: 'running',
      running: true,
      exitCode: 0,
      oomKilled: false,
      stoppedByUser: false,
      imageName: 'localhost/t:1',
      logDriver: 'k8s-file',
      logPath: '/home/razroom/fx.log',
    })
    expect(found?.id).toMatch(/^[0-9a-f]{64}$/)
    expect(found?.imageId).toMatch(/^[0-9a-f]{64}$/)
    expect(found?.pid).toBeGreaterThan(1)
    expect(Date.parse(found?.startedAt ?? '')).toBeGreaterThan(0)
    expect(found?.env).toContain('A=b=c')
    expect(found?.labels).toMatchObject({ 'io.razroom.panel.x': 'y' })
  })

  it('a stopped container', () => {
    const found = parseContainer(fixture(version, 'stopped.json'))
    expect(found).toMatchObject({ status: 'exited', running: false, exitCode: 0, pid: 0 })
    expect(found?.stoppedByUser).toBe(version === '5.4.2')
  })

  it('an image', () => {
    const found = parseImage(fixture(version, 'image.json'), 'localhost/t:1')
    expect(found).toMatchObject({ reference: 'localhost/t:1' })
    expect(found?.sizeBytes).toBeGreaterThan(1_000_000)
    expect(found?.labels['io.razroom.panel.source']).toMatch(/^[0-9a-f]{64}$/)
  })

  it('its information', () => {
    const info = parsePodman(PodmanInfo, fixture(version, 'info.json'), 'podman info')
    expect(info.host).toMatchObject({ cgroupVersion: 'v2', ociRuntime: { name: 'crun' } })
    expect(info.store.graphRoot).toBe('/home/razroom/.local/share/containers/storage')
  })

  it('its events, with a time', () => {
    const events = fixture(version, 'events.jsonl').trim().split('\n').map(parseEvent)
    expect(events.at(-1)).toMatchObject({ name: 'fixture' })
    expect(events.map((event) => event?.status)).toContain('died')
    const year = new Date(events[0]?.time ?? '').getUTCFullYear()
    expect(year).toBeGreaterThan(2020)
  })
})

describe('what podman does not print', () => {
  it.each(['', 'Error: x', '{}', '[{}]', '[{"Id":1}]', 'null'])('refuses %j', (text) => {
    expect(() => parseContainer(text)).toThrow(expect.objectContaining({ code: 'COMMAND_FAILED' }))
    expect(() => parseImage(text, 'x')).toThrow(expect.objectContaining({ code: 'COMMAND_FAILED' }))
  })

  it('an empty list is no container', () => {
    expect(parseContainer('[]')).toBeNull()
  })

  it.each([
    '',
    'time="..." level=warning',
    '[]',
    '{"Status":"start"}',
    '{"Name":"a","Status":"b","timeNano":1e300}',
  ])('takes %j for no event', (line) => {
    expect(parseEvent(line)).toBeNull()
  })
})
