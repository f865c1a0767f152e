import { describe, expect, it } from 'vitest'
import { HostError } from '../errors.ts'
import { rotateToken } from './rotate-token.ts'
import {
  CONFIG_PATH,
  ENV_PATH,
  failToStart,
  hostOf,
  makeWorld,
  perform,
  TOKEN_KEY,
  type World,
} from './token-world.ts'

const OLD = 'old-token-0123456789-abcdef'
const OWN = 'my-own-token-0123456789-xyz'
const ENV = `# mine\nA=1\n${TOKEN_KEY}=${OLD}\n`
const CONFIG = `// mine\n{gateway: {mode: 'local', auth: {token: '${OLD}' /* why */}}}`

/** Rotates as the page does. @returns how it ended, and the token that was told before it was written */
async function rotate(world: World, own?: string, signal?: AbortSignal) {
  const remembered: string[] = []
  const plan = rotateToken(hostOf(world), (secret) => remembered.push(secret), own)
  const outcome = await perform(plan, signal)
  return { ...outcome, token: remembered.at(-1) ?? '' }
}

const untouched = { writes: [], starts: 0, inForce: OLD }

describe('where the new token is written', () => {
  it('into .env alone, where razroom.json has none', async () => {
    for (const config of [undefined, '{gateway: {mode: "local"}}']) {
      const world = makeWorld(ENV, config)
      const { error, token, said } = await rotate(world)
      expect(error).toBeNull()
      expect(token).toMatch(/^[0-9a-f]{64}$/)
      expect(world).toMatchObject({ writes: [ENV_PATH], starts: 1, inForce: token })
      expect(world.files.get(ENV_PATH)).toBe(ENV.replace(OLD, token))
      expect(world.files.get(CONFIG_PATH)).toBe(config)
      expect(said.get('prove-token')).toContain('the old token is refused (401), the new one accepted')
      expect(said.get('prove-token')).toContain('http://127.0.0.1:18789/')
    }
  })

  it('into razroom.json first, where it has one, and each as a version', async () => {
    const world = makeWorld(ENV, CONFIG)
    const { error, token } = await rotate(world)
    expect(error).toBeNull()
    expect(world.writes).toEqual([CONFIG_PATH, ENV_PATH])
    expect(world.files.get(CONFIG_PATH)).toBe(CONFIG.replace(`'${OLD}'`, `"${token}"`))
    expect(world.files.get(ENV_PATH)).toBe(ENV.replace(OLD, token))
    expect(world.versions).toContain(`${CONFIG_PATH} page rotate-token`)
    expect(world.versions).toContain(`${ENV_PATH} page rotate-token`)
  })

  it('and says what each approved device needs, whatever the list of them holds', async () => {
    const path = '/home/razroom/.razroom/devices/paired.json'
    const said = async (paired?: string) => {
      const world = makeWorld(ENV)
      if (paired !== undefined) world.files.set(path, paired)
      const { error, said: told } = await rotate(world)
      expect(error).toBeNull()
      return told.get('look-at-devices')
    }
    const phone = { deviceId: 'a', displayName: 'Phone', clientId: 'razroom-control-ui' }
    expect(await said()).toBe('no browser or device is approved yet: none needs anything')
    expect(await said(JSON.stringify({ a: phone }))).toMatch(/^Phone: open the Control UI there once/)
    expect(await said('{')).toContain('the list of devices can not be read')
  })

  it('into the variable that razroom.json refers to', async () => {
    const config = `{gateway: {mode: 'local', auth: {token: "\${MINE}"}}}`
    const world = makeWorld(`MINE=${OLD}\n`, config)
    const { error, token } = await rotate(world)
    expect(error).toBeNull()
    expect(world).toMatchObject({ writes: [ENV_PATH], inForce: token })
    expect(world.files.get(ENV_PATH)).toBe(`MINE=${token}\n`)
    expect(world.files.get(CONFIG_PATH)).toBe(config)
  })

  it('where there was none yet', async () => {
    const world = makeWorld('A=1\n')
    const { error, token, said } = await rotate(world)
    expect(error).toBeNull()
    expect(said.get('read-token')).toBe('there is no token yet')
    expect(world.files.get(ENV_PATH)).toBe(`A=1\n${TOKEN_KEY}=${token}\n`)
    expect(said.get('prove-token')).toMatch(/^the token is accepted/)
  })

  it('without a start where the gateway does not run', async () => {
    const world = makeWorld(ENV)
    world.isRunning = false
    world.hasImage = false
    const { error, token, said } = await rotate(world)
    expect(error).toBeNull()
    expect(world).toMatchObject({ starts: 0, writes: [ENV_PATH] })
    expect(world.files.get(ENV_PATH)).toContain(token)
    expect(said.get('prove-token')).toBe('the gateway does not run; the new token counts from its next start')
  })

  it('over what somebody else saved in between', async () => {
    const world = makeWorld(ENV, CONFIG)
    world.onWrite = () => {
      world.onWrite = (path) => world.files.set(path, `${ENV}B=2\n`)
    }
    const { error, token } = await rotate(world)
    expect(error).toBeNull()
    expect(world.writes).toEqual([CONFIG_PATH, ENV_PATH])
    expect(world.files.get(ENV_PATH)).toBe(`${ENV.replace(OLD, token)}B=2\n`)
  })
})

describe('what is refused before anything is written', () => {
  it.each([
    ['a password', `${ENV}RAZROOM_GATEWAY_PASSWORD=p\n`, undefined, 'TOKEN_NOT_USED'],
    ['the mode password', ENV, '{gateway: {auth: {mode: "password"}}}', 'TOKEN_NOT_USED'],
    ['an object', ENV, '{gateway: {auth: {token: {}}}}', 'TOKEN_NOT_WRITABLE'],
    ['two references', ENV, `{gateway: {auth: {token: "\${A}\${B}"}}}`, 'TOKEN_NOT_WRITABLE'],
    ['a broken razroom.json', ENV, '{', 'CONFIG_INVALID'],
    ['a fatal line of .env', `${ENV}=x\n`, undefined, 'ENV_INVALID'],
  ])('%s', async (_name, env, config, code) => {
    const world = makeWorld(ENV)
    world.files.set(ENV_PATH, env)
    if (config !== undefined) world.files.set(CONFIG_PATH, config)
    expect((await rotate(world)).error?.code).toBe(code)
    expect(world).toMatchObject(untouched)
  })

  it('an image that is gone, and a port that another program holds', async () => {
    const world = makeWorld(ENV)
    world.hasImage = false
    expect((await rotate(world)).error?.code).toBe('IMAGE_MISSING')
    Object.assign(world, { hasImage: true, portHolder: { port: 18789, address: '127.0.0.1', uid: 5 } })
    expect((await rotate(world)).error?.code).toBe('PORT_IN_USE')
    expect(world).toMatchObject(untouched)
  })
})

describe('a token of one’s own', () => {
  it('is written, proven, and nowhere in what is said', async () => {
    const world = makeWorld(ENV, CONFIG)
    const { error, token, text } = await rotate(world, OWN)
    expect([error, token]).toEqual([null, OWN])
    expect(world.inForce).toBe(OWN)
    expect(text).toContain('sudo razroom-panel token rotate --custom')
    expect(text).not.toContain(OWN)
    expect(text).not.toContain(OLD)
  })

  it('that is the present one changes nothing', async () => {
    const world = makeWorld(ENV, CONFIG)
    const { error, said } = await rotate(world, OLD)
    expect(error).toBeNull()
    expect(world).toMatchObject(untouched)
    expect(said.get('write-token')).toBe('the files hold this token already')
    expect(said.get('prove-token')).toBe('the gateway takes this token already')
  })

  it('that is written already, but that the gateway or its container has not got yet, is brought into force', async () => {
    for (const known of [{ inForce: 'x' }, { containerEnv: [`${TOKEN_KEY}=x`] }]) {
      const world = makeWorld(ENV)
      Object.assign(world, known)
      expect((await rotate(world, OLD)).error).toBeNull()
      expect(world).toMatchObject({ writes: [], starts: 1, inForce: OLD })
      expect(world.containerEnv).toContain(`${TOKEN_KEY}=${OLD}`)
    }
  })
})

describe('what goes wrong on the way', () => {
  it('a second write that fails: the error says which file holds what, and a second run mends it', async () => {
    const world = makeWorld(ENV, CONFIG)
    world.onWrite = () => {
      world.onWrite = () => {
        throw new HostError('DISK_FULL', { detail: ENV_PATH })
      }
    }
    const first = await rotate(world)
    expect(first.error).toMatchObject({
      code: 'DISK_FULL',
      detail: `${ENV_PATH}; razroom.json holds the new token, .env does not yet: rotate again`,
    })
    expect(world).toMatchObject({ writes: [CONFIG_PATH], starts: 0 })
    const second = await rotate(world)
    expect(second.error).toBeNull()
    expect(world.inForce).toBe(second.token)
    expect(world.files.get(ENV_PATH)).toContain(second.token)
  })

  it('a gateway that does not start: both files hold the new token, and the error says what to do', async () => {
    const world = makeWorld(ENV, CONFIG)
    world.onStart = () => {
      world.isRunning = false
      failToStart()
    }
    const { error, token, text } = await rotate(world)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED' })
    expect(error?.detail).toBe(
      'podman says no; razroom.json and .env hold the new token; the gateway does not run: ' +
        'sudo razroom-panel launch. The former files are among the versions',
    )
    expect(text).not.toContain(token)
    expect(world.files.get(CONFIG_PATH)).toContain(token)
  })

  it('one that ends at once, and one that takes another token', async () => {
    const ended = makeWorld(ENV)
    ended.onStart = () => {
      ended.isRunning = false
    }
    expect((await rotate(ended)).error).toMatchObject({
      code: 'GATEWAY_EXITED',
      detail: expect.stringContaining('the file holds the new token; the gateway does not run'),
    })
    const stubborn = makeWorld(ENV)
    stubborn.onStart = () => undefined
    expect((await rotate(stubborn)).error).toMatchObject({
      code: 'TOKEN_NOT_PROVEN',
      detail: expect.stringMatching(
        /^the gateway answered 401 to the new token; .* sudo razroom-panel restart\./,
      ),
    })
  })

  it('one that takes the old token, too', async () => {
    const world = makeWorld(ENV)
    const host = hostOf(world)
    const open = { ...host, proveGatewayToken: async () => ({ answered: true, status: 200 }) as const }
    const { error } = await perform(rotateToken(open, () => undefined))
    expect(error?.detail).toMatch(/^the old token was not refused \(200\); the file holds the new token/)
  })

  it('an old token that no header carries needs no refusal', async () => {
    const world = makeWorld(`${TOKEN_KEY}=ключ-ключ-ключ-ключ-ключ\n`)
    const host = hostOf(world)
    const strict: typeof host.proveGatewayToken = async (user, port, token, address) => {
      if (/[^\x20-\x7e]/.test(token)) throw new TypeError('Invalid character in header content')
      return host.proveGatewayToken(user, port, token, address)
    }
    const { error, said } = await perform(
      rotateToken({ ...host, proveGatewayToken: strict }, () => undefined),
    )
    expect(error).toBeNull()
    expect(said.get('prove-token')).toContain('the new one accepted')
  })

  it('a cancel behind the writes: the step says how things are', async () => {
    const world = makeWorld(ENV)
    const abort = new AbortController()
    world.onStart = () => {
      abort.abort()
      throw new HostError('OPERATION_CANCELLED')
    }
    const { said } = await rotate(world, undefined, abort.signal)
    expect(said.get('start-container')).toContain('the file holds the new token')
  })

  it('a kill at any moment: a second run ends as a first one would have', async () => {
    for (const env of [ENV, 'A=1\n']) {
      for (const config of [undefined, CONFIG, `{gateway: {auth: {token: "\${MINE}"}}}`]) {
        for (let left = 0; left < 6; left += 1) {
          const world = makeWorld(env, config)
          world.left = left
          await rotate(world).catch((error: Error) => expect(error.message).toBe('killed'))
          world.left = Number.POSITIVE_INFINITY
          const { error, token } = await rotate(world)
          expect(error).toBeNull()
          expect(world.inForce).toBe(token)
          const texts = [...world.files.values()].join('\n')
          expect(texts).not.toContain(OLD)
        }
      }
    }
  })
})
