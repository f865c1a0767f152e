import { expect, test } from 'vitest'
import { readHandedSockets } from './handed-sockets.ts'

test('sockets of systemd: from 3 on, for the process that is meant', () => {
  expect(readHandedSockets({ LISTEN_FDS: '3', LISTEN_PID: '42' }, 42)).toEqual({ listenFds: [3, 4, 5] })
  expect(readHandedSockets({ LISTEN_FDS: '3', LISTEN_PID: '41' }, 42)).toBeNull()
})

test('sockets of the root half: its own connection with them', () => {
  const env = { LISTEN_FDS: '2', RAZROOM_PANEL_HOST_FD: '5' }
  expect(readHandedSockets(env, 42)).toEqual({ listenFds: [3, 4], hostFd: 5 })
  expect(readHandedSockets({ ...env, RAZROOM_PANEL_HOST_FD: 'x' }, 42)).toEqual({ listenFds: [3, 4] })
})

test.each([undefined, '', '0', '-1', '9', '10', '2x', '1e1'])('no sockets: LISTEN_FDS %j', (count) => {
  expect(readHandedSockets({ LISTEN_FDS: count }, 42)).toBeNull()
})
