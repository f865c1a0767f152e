import { expect, test } from 'vitest'
import { checkAddress, checkHostLoopback, checkPorts } from './network-checks.ts'

const facts = {
  gatewayPort: 18_789,
  bridgePort: 18_790,
  publishAddress: '127.0.0.1',
  holders: [],
  hasAddress: true,
  published: null,
}

test('ports that are free, or the gateway’s own', () => {
  expect(checkPorts(facts)).toEqual({
    said: '127.0.0.1 18789 and 18790; free: 18789, 18790',
    findings: [],
  })
  expect(checkPorts({ ...facts, published: { address: '127.0.0.1', port: 18_789 } }).said).toContain(
    'the gateway answers for 127.0.0.1:18789',
  )
})

test('a port that is taken, with who has it as far as it can be seen', () => {
  const holder = { address: '0.0.0.0', port: 18_789, uid: 33 }
  expect(checkPorts({ ...facts, holders: [{ ...holder, pid: 7, program: 'nginx' }] }).findings).toMatchObject(
    [
      {
        id: 'port.18789',
        severity: 'error',
        evidence: 'nginx (pid 7, uid 33) listens on 0.0.0.0:18789',
        hint: 'End that program (sudo kill 7). Or take another port, in the settings or by: sudo razroom-panel setup --gateway-port 28789',
      },
    ],
  )
  const [unseen] = checkPorts({ ...facts, holders: [holder] }).findings
  expect(unseen?.evidence).toContain('a process of uid 33')
  expect(unseen?.hint).toContain('sudo ss -ltnp')
  // A socket unit, such as the panel's own.
  const [socket] = checkPorts({
    ...facts,
    holders: [{ ...holder, uid: 0, pid: 1, program: 'systemd' }],
  }).findings
  expect(socket?.hint).toContain('systemctl list-sockets')
  expect(socket?.hint).not.toContain('kill')
})

test('an address for others is a note when it was agreed to, and a warning when it was not', () => {
  expect(checkAddress(facts).findings).toEqual([])
  expect(checkAddress({ ...facts, publishAddress: '0.0.0.0' }).findings).toMatchObject([
    { id: 'address.exposed', severity: 'info' },
  ])
  expect(checkAddress({ ...facts, published: { address: '0.0.0.0', port: 18_789 } }).findings).toMatchObject([
    { id: 'address.unagreed', severity: 'warning', fix: { preview: 'publish 0.0.0.0 -> 127.0.0.1' } },
  ])
  expect(checkAddress({ ...facts, hasAddress: false }).findings).toMatchObject([
    { id: 'address.missing', severity: 'error' },
  ])
})

test.each([
  [{ mode: 'host' }],
  [{ command: ['podman', 'run', '--network=pasta:--map-gw', 'x'] }],
  [{ command: ['podman', 'run', '--net', 'host', 'x'] }],
  [{ command: ['podman', 'run', '--network', 'pasta:-T,5432', 'x'] }],
  [{ command: ['podman', 'run', '--network=pasta:--map-host-loopback,10.0.2.2', 'x'] }],
  [{ command: ['podman', 'run', '--network=slirp4netns:allow_host_loopback=true', 'x'] }],
])('%j reaches the host, and a container of one’s own is recreated', (part) => {
  const [finding] = checkHostLoopback({ mode: undefined, command: [], unitText: '', ...part }).findings
  expect(finding).toMatchObject({ id: 'network.host-loopback', severity: 'error' })
  expect(finding?.fix).toBeDefined()
})

test.each(['Network=host', 'PodmanArgs=--network=host --foo', 'ExecStart=/usr/bin/podman run --net host x'])(
  'a unit with %s is its author’s to mend',
  (line) => {
    const [finding] = checkHostLoopback({
      mode: 'host',
      command: [],
      unitText: `[Container]\n${line}\n`,
    }).findings
    expect(finding?.fix).toBeUndefined()
    expect(finding?.hint).toContain('unit')
  },
)

test('pasta is told to map no loopback', () => {
  const command = ['podman', 'run', '--network=pasta:--map-host-loopback,none', 'x']
  expect(checkHostLoopback({ mode: 'pasta', command, unitText: '' }).findings).toEqual([])
})

test('podman’s defaults, and words that only look alike, are fine', () => {
  const fine = { mode: 'pasta', command: ['podman', 'run', '--network', 'pasta:-t,80', 'host'], unitText: '' }
  expect(checkHostLoopback(fine)).toEqual({ said: 'pasta, pasta:-t,80', findings: [] })
  expect(checkHostLoopback({ mode: undefined, command: [], unitText: '' }).said).toBe('podman’s own default')
})
