import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { gatewaySpec } from './gateway-spec.ts'
import { renderCompose } from './render-compose.ts'
import { anySpec, ordinaryInput, ordinarySpec } from './test-specs.ts'

test('to the last byte', () => {
  expect(renderCompose(ordinarySpec, null)).toBe(`# The Razroom gateway, written by razroom-panel export.
x-podman:
  in_pod: false
services:
  gateway:
    image: localhost/razroom:bundled
    container_name: razroom
    pull_policy: never
    command:
      - node
      - dist/index.js
      - gateway
      - "--bind"
      - lan
      - "--port"
      - "18789"
    user: "995:994"
    userns_mode: keep-id
    init: true
    restart: unless-stopped
    stop_grace_period: "20s"
    env_file:
      - /home/razroom/.razroom/.env
    environment:
      HOME: /home/node
      TERM: xterm-256color
      RAZROOM_NO_RESPAWN: "1"
    volumes:
      - /home/razroom/.razroom:/home/node/.razroom:rw
      - /home/razroom/.razroom/workspace:/home/node/.razroom/workspace:rw
      - /home/razroom/.local/share/razroom/plugin-cache:/tmp/jiti:rw
    ports:
      - "127.0.0.1:18801:18789"
      - "127.0.0.1:18790:18790"
`)
})

test('with the variables themselves there is no path of .env', () => {
  const variables = new Map([
    ['A', '$x'],
    ['NO', 'yes'],
    ['HOME', '/elsewhere'],
  ])
  const text = renderCompose(ordinarySpec, variables)
  expect(text).toContain('# It holds secrets')
  expect(text).not.toContain('env_file')
  expect(text).toContain(`    environment:
      A: "$$x"
      "NO": "yes"
      HOME: /home/node
      TERM: xterm-256color
      RAZROOM_NO_RESPAWN: "1"
`)
})

test('SELinux, IPv6, and podman’s own user namespace', () => {
  const settings = { ...ordinaryInput.settings, publishAddress: '::1', userns: 'auto' as const }
  const text = renderCompose(gatewaySpec({ ...ordinaryInput, settings, seLinux: true, init: false }), null)
  expect(text).toContain('- "/home/razroom/.razroom:/home/node/.razroom:rw,Z"\n')
  expect(text).toContain('- "[::1]:18801:18789"\n')
  expect(text).toContain('init: false\n')
  expect(text).not.toContain('userns_mode')
})

/** As compose does: `$$` is a dollar sign, anything else after one a variable. */
function interpolated<T>(value: T): T
function interpolated(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$(.?)/gs, (_all, next: string) => {
      if (next !== '$') throw new Error(`variable in ${value}`)
      return '$'
    })
  }
  if (Array.isArray(value)) return value.map((item: unknown) => interpolated(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item)]))
}

test('whatever the spec and the variables: read back, it says the same', () => {
  const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
  const variables = fc.option(fc.array(fc.tuple(key, fc.string({ unit: 'binary', maxLength: 20 }))))
  fc.assert(
    fc.property(anySpec, variables, (spec, pairs) => {
      const env = pairs === null ? null : new Map(pairs)
      const read: unknown = parse(renderCompose(spec, env), { version: '1.1' })
      const gateway = {
        image: spec.image,
        container_name: spec.name,
        pull_policy: 'never',
        command: spec.command,
        user: spec.user,
        ...(spec.userns === 'auto' ? {} : { userns_mode: spec.userns }),
        init: spec.init,
        restart: 'unless-stopped',
        stop_grace_period: '20s',
        ...(env === null ? { env_file: [spec.envFile] } : {}),
        environment: { ...Object.fromEntries(env ?? []), ...spec.env },
        volumes: spec.mounts.map(
          ({ source, target, relabel }) => `${source}:${target}:${relabel ? 'rw,Z' : 'rw'}`,
        ),
        ports: spec.publishes.map(
          ({ address, hostPort, containerPort }) =>
            `${address.includes(':') ? `[${address}]` : address}:${hostPort}:${containerPort}`,
        ),
      }
      expect(interpolated(read)).toEqual({ 'x-podman': { in_pod: false }, services: { gateway } })
    }),
  )
})
