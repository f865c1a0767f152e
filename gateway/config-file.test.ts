import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigInvalidError, loadConfig, saveConfig } from './config-file.ts'
import { checkConfig } from './config-schema.ts'
import { changedPaths, classifyChange } from './config-watch.ts'
import { layerEnvironment } from './environment.ts'
import { resolveStatePaths, shortenHome } from './state-paths.ts'
import { makeTestHome, type TestHome } from './test-gateway.ts'

let home: TestHome
beforeEach(() => {
  home = makeTestHome()
})
afterEach(() => home.remove())

const paths = () => resolveStatePaths({ HOME: home.home })

describe('schema', () => {
  test.each([
    ['a root that is no object', [], '<root>: Invalid input: expected object, received array'],
    ['an unknown section', { foo: 1 }, '<root>: Unrecognized key: "foo"'],
    ['two unknown keys', { gateway: { a: 1, b: 2 } }, 'gateway: Unrecognized keys: "a", "b"'],
    [
      'a deep unknown key',
      { gateway: { auth: { tocken: 'x' } } },
      'gateway.auth: Unrecognized key: "tocken"',
    ],
    [
      'a wrong type',
      { gateway: { port: '1' } },
      'gateway.port: Invalid input: expected number, received string',
    ],
    ['a port out of range', { gateway: { port: 70_000 } }, 'gateway.port: Invalid input: expected a port'],
    ['an unknown mode', { gateway: { mode: 'lokal' } }, 'gateway.mode: Invalid input'],
    ['a null', { gateway: null }, 'gateway: Invalid input: expected object, received null'],
    ['a key of every object', { gateway: { constructor: 1 } }, 'gateway: Unrecognized key: "constructor"'],
    [
      'a list item',
      { gateway: { trustedProxies: [1] } },
      'gateway.trustedProxies.0: Invalid input: expected string',
    ],
  ])('%s', (_name, value, expected) => {
    const issues = checkConfig(value).issues.map((issue) => `${issue.path}: ${issue.message}`)
    expect(issues).toEqual([expect.stringContaining(expected)])
  })

  test('sections of other subsystems are kept unread', () => {
    expect(
      checkConfig({ agents: { x: 1 }, channels: { telegram: {} }, gateway: { mode: 'local' } }).issues,
    ).toEqual([])
  })
})

describe('reading', () => {
  test('JSON5 with comments and trailing commas', () => {
    home.writeConfig('// note\n{ gateway: { mode: "local", }, }')
    expect(loadConfig(paths())).toMatchObject({ exists: true, config: { gateway: { mode: 'local' } } })
  })

  test('a key named __proto__ is an unknown key and changes nothing else', () => {
    home.writeConfig('{ "__proto__": { "gateway": {} } }')
    expect(() => loadConfig(paths())).toThrow('Unrecognized key: "__proto__"')
  })

  test('an unreadable file is an error, a directory of somebody else is a missing config', () => {
    home.writeConfig('{}')
    if (process.getuid?.() === 0) chownSync(home.home, 65_534, 65_534)
    chmodSync(home.configPath, 0)
    chmodSync(home.stateDir, 0o755)
    asOrdinaryUser(() => {
      expect(() => loadConfig(paths())).toThrow(
        `Failed to read config at ${home.configPath} Error: EACCES: permission denied, open '${home.configPath}'`,
      )
    })
    chmodSync(home.stateDir, 0)
    asOrdinaryUser(() => expect(loadConfig(paths())).toEqual({ exists: false, config: {}, raw: {} }))
    chmodSync(home.stateDir, 0o700)
  })
})

/** Root can read everything, so as root the process steps down for the time of the call. */
function asOrdinaryUser(body: () => void): void {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    body()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

describe('saving', () => {
  test('keeps three versions, all private, and leaves nothing else behind', () => {
    writeFileSync(home.configPath, '{ gateway: { port: 1 } }', { mode: 0o644 })
    for (const port of [2, 3, 4, 5]) saveConfig(paths(), { gateway: { port } })
    const names = ['razroom.json', 'razroom.json.bak', 'razroom.json.bak.1', 'razroom.json.bak.2']
    expect(readdirSync(home.stateDir).toSorted()).toEqual(names)
    const ports = names.map(
      (name) => readFileSync(join(home.stateDir, name), 'utf8').match(/"port": (\d)/)?.[1],
    )
    expect(ports).toEqual(['5', '4', '3', '2'])
    for (const name of names) expect(statSync(join(home.stateDir, name)).mode & 0o777).toBe(0o600)
  })

  test('refuses what it could not read again, and writes nothing', () => {
    expect(() => saveConfig(paths(), { gateway: { nope: 1 } })).toThrow(ConfigInvalidError)
    expect(existsSync(home.configPath)).toBe(false)
  })
})

describe('environment', () => {
  test('process, then files in order, then the env block', () => {
    const first = join(home.home, 'first')
    const second = join(home.home, 'second')
    writeFileSync(first, 'B=first\nC="first # not a comment" # comment\n')
    writeFileSync(second, 'export C=second\nD=second\n')
    const { values, problems } = layerEnvironment(
      { A: 'process', B: 'process' },
      [first, second, `${first}/no`],
      {
        D: 'block',
        E: 'block',
        number: 1,
        vars: { F: 'vars' },
      },
    )
    const { A, B, C, D, E, F, number } = values
    expect([A, B, C, D, E, F, number]).toEqual([
      'process',
      'process',
      'first # not a comment',
      'second',
      'block',
      'vars',
      undefined,
    ])
    expect(problems).toEqual([])
  })

  test('a file that is there and can not be read is told', () => {
    expect(layerEnvironment({}, [home.stateDir], {}).problems).toEqual([expect.stringContaining('EISDIR')])
  })

  test('places of the state', () => {
    expect(resolveStatePaths({ HOME: '/h' }).configPath).toBe('/h/.razroom/razroom.json')
    expect(resolveStatePaths({ HOME: '/h', RAZROOM_HOME: '/r' }).stateDir).toBe('/r/.razroom')
    const moved = resolveStatePaths({ HOME: '/h', RAZROOM_STATE_DIR: '~/s', RAZROOM_CONFIG_PATH: '/c.json' })
    expect([moved.stateDir, moved.configPath]).toEqual(['/h/s', '/c.json'])
    expect([shortenHome('/h/x', '/h'), shortenHome('/hx', '/h')]).toEqual(['~/x', '/hx'])
  })
})

describe('differences', () => {
  test('are named by path; an array counts as one value', () => {
    const before = { gateway: { port: 1, auth: { token: 'a' } }, agents: { list: [1] } }
    const after = { gateway: { port: 1, auth: { token: 'b' } }, agents: { list: [2] }, cron: {} }
    expect(changedPaths(before, after)).toEqual(['gateway.auth.token', 'agents.list', 'cron'])
    expect(changedPaths(before, structuredClone(before))).toEqual([])
  })

  test.each([
    [['gateway.port', 'agents'], 'restart'],
    [['plugins.entries'], 'restart'],
    [['agents.list'], 'reload'],
    [['meta.lastTouchedAt', 'wizard'], 'none'],
    [[], 'none'],
  ])('%j means %s', (paths, kind) => {
    expect(classifyChange(paths)).toBe(kind)
  })
})
