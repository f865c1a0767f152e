import { describe, expect, it, vi } from 'vitest'
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { isPreviousTag } from './ensure-image.ts'
import { readFormerImage } from './former-image.ts'
import { explainOtherImage, putBack } from './image-switch.ts'
import {
  BAD,
  context,
  endState,
  fail,
  hostOf,
  makeWorld,
  NEW,
  perform,
  SAME,
  USER,
  update,
  type World,
} from './image-switch-world.ts'
import { readImages } from './prune-images.ts'
import { rollbackImage } from './rollback-image.ts'
import { updateImage } from './update-image.ts'

/** The pauses between two looks at the gateway. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

describe('an update that fails', () => {
  it('has the last lines of the new container, not those of the old one that ended', async () => {
    const world = makeWorld({ kind: 'bundled' })
    let startedAt = new Date(0).toISOString()
    const lines: Awaited<ReturnType<Host['readLogBefore']>>['lines'][number][] = []
    const say = (time: string, text: string) => lines.push({ cursor: text, time, stream: 'stdout', text })
    const host = hostOf(world)
    const { runContainer, inspectContainer } = host
    host.inspectContainer = async (user, name) => {
      const container = await inspectContainer(user, name)
      return container && { ...container, startedAt }
    }
    host.readLogBefore = async () => ({ lines, hasMore: false })
    host.runContainer = async (user, args) => {
      say(new Date().toISOString(), `stopped ${world.container}`)
      const result = await runContainer(user, args)
      startedAt = new Date(Date.now() + 5000).toISOString()
      say(startedAt, `started ${world.container}`)
      return result
    }
    const error = await fail(update(BAD)(host))
    expect(error.code).toBe('UPDATE_ROLLED_BACK')
    expect(error.detail).toMatch(/Its last lines:\nstarted bad$/)
    expect(error.detail).not.toContain('stopped one')
  })

  it('before the new container was made has no last lines', async () => {
    const world = makeWorld({ kind: 'bundled' })
    const host = hostOf(world)
    const { runContainer } = host
    let runs = 0
    host.runContainer = async (user, args) => {
      runs += 1
      if (runs === 1) throw new PanelError('COMMAND_FAILED', { detail: 'Mend it.' })
      return runContainer(user, args)
    }
    const error = await fail(update(NEW)(host))
    expect(error.code).toBe('UPDATE_ROLLED_BACK')
    expect(error.detail).not.toContain('Its last lines')
    expect(error.detail).toMatch(/[^.]: Mend it\.$/)
  })
})

describe('a switch after which another image runs than was meant', () => {
  /** Somebody gives the name to another image just before the container is made. */
  function hostWithMovedName(world: World, reference: string): Host {
    const host = hostOf(world)
    const { runContainer } = host
    host.runContainer = async (user, args) => {
      world.names.set(reference, 'stranger')
      return runContainer(user, args)
    }
    return host
  }

  it('fails as an update, and a step back brings what ran before', async () => {
    const world = makeWorld({ kind: 'bundled' })
    const error = await fail(update(NEW)(hostWithMovedName(world, NEW.reference)))
    expect(error.code).toBe('IMAGE_MISSING')
    expect(error.detail).toContain('runs stranger, not two')
    expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({ container: 'one', image: { kind: 'bundled' }, imageSwitch: null })
  })

  it('fails as a step back, which may be tried again', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const host = hostWithMovedName(world, 'localhost/razroom-bundled:local')
    expect((await fail(rollbackImage(host))).code).toBe('IMAGE_MISSING')
    expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({ container: 'one', previous: { id: 'two' }, imageSwitch: null })
  })

  it('is told, and no failure, where the unit was edited by hand', async () => {
    const world = makeWorld({ kind: 'bundled' })
    const { settings } = world.state
    if (!settings) throw new Error('no settings')
    world.state = { ...world.state, settings: { ...settings, mode: 'quadlet' } }
    const host = hostOf(world)
    host.readUserFile = async () => ({
      bytes: new TextEncoder().encode('[Container]\n'),
      etag: 'x',
      mode: 0o600,
      uid: USER.uid,
    })
    expect(await explainOtherImage(host, 'two')).toBe(
      'the gateway runs one: its unit was edited by hand, and names its image itself',
    )
    expect(await explainOtherImage(host, 'sha256:one')).toBeNull()
  })

  it('gives no name away where the unit was edited by hand: what is kept is called as the unit calls it', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(update(NEW)(hostOf(world)))).toBeNull()
    const { settings } = world.state
    if (!settings) throw new Error('no settings')
    world.state = { ...world.state, settings: { ...settings, mode: 'quadlet', image: NEW } }
    world.names.set('localhost/mine:1', 'one')
    world.container = 'one'
    const host = hostOf(world)
    const { inspectContainer } = host
    host.inspectContainer = async (user, name) => {
      const container = await inspectContainer(user, name)
      return container && { ...container, imageName: 'localhost/mine:1' }
    }
    const before = [...world.names].filter(([name]) => name !== 'localhost/razroom:previous').sort()
    const from = await readFormerImage(host, USER, { ...settings, image: NEW })
    expect(from).toMatchObject({ id: 'one', source: { kind: 'registry', reference: 'localhost/mine:1' } })
    if (!from) throw new Error('no image')
    await putBack(host, USER, from)
    expect([...world.names].filter(([name]) => name !== 'localhost/razroom:previous').sort()).toEqual(before)
  })

  it.each([
    ['[Container]\nImage=localhost/mine\n', true],
    ['[Service]\nNice=5\n', false],
  ])('is told only where a drop-in names an image: %j', async (text, isTold) => {
    const world = makeWorld({ kind: 'bundled' })
    const { settings } = world.state
    if (!settings) throw new Error('no settings')
    world.state = { ...world.state, settings: { ...settings, mode: 'quadlet' } }
    const host = hostOf(world)
    host.listUserDirectory = async () => ['mine.conf']
    host.readUserFile = async (_user, path) =>
      path.endsWith('/mine.conf')
        ? { bytes: new TextEncoder().encode(text), etag: 'x', mode: 0o600, uid: USER.uid }
        : null
    const other = explainOtherImage(host, 'two')
    if (isTold) expect(await other).toContain('mine.conf has its unit name an image itself')
    else await expect(other).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
  })
})

describe('an update to the image that runs already', () => {
  it('says that nothing changed, and changes nothing', async () => {
    const world = makeWorld(SAME)
    world.registry.set('r.example/gateway:1', 'one')
    const finish = updateImage(hostOf(world), {}).steps
    const found: string[] = []
    const did: string[] = []
    for (const step of finish) {
      const isLast = step.id === 'finish-update'
      const hear = (heard: string[]) => (text: string) => void (isLast && heard.push(text))
      await step.run({ ...context, found: hear(found), did: hear(did) })
    }
    expect(found).toEqual(['nothing changed about the image: one is the one that ran before'])
    expect(did).toEqual([])
  })
})

describe('the name of the image before', () => {
  it.each([
    'localhost/razroom:previous',
    'razroom:previous',
    'localhost/razroom:previous@sha256:00ff',
    'containers-storage:localhost/razroom:previous',
    'docker://localhost/razroom:previous',
  ])('is no source: %s', async (reference) => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const before = endState(world)
    const error = await fail(update({ kind: 'registry', reference })(hostOf(world)))
    expect(error.code).toBe('REQUEST_INVALID')
    expect(error.detail).toContain('razroom-panel rollback')
    expect(endState(world)).toEqual(before)
  })

  it('is refused before anything is changed when it cannot be a name at all', async () => {
    const world = makeWorld({ kind: 'bundled' })
    const before = endState(world)
    const error = await fail(
      update({ kind: 'registry', reference: 'https://r.example/gateway' })(hostOf(world)),
    )
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', fields: [{ path: 'body.image.reference' }] })
    expect(endState(world)).toEqual(before)
  })

  it.each([
    'localhost/razroom:local',
    'localhost/razroom:previous2',
    'r.example/razroom:previous',
    'localhost/razroom@sha256:00ff',
  ])('is not %s', (reference) => {
    expect(isPreviousTag(reference)).toBe(false)
  })

  it('is not among those that the list of images offers', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const host = hostOf(world)
    const references = ['localhost/razroom-bundled:local', 'localhost/razroom:previous']
    host.listImages = async () => [{ id: 'one', references, createdAt: '2026-11-23', sizeBytes: 1 }]
    const { images } = await readImages(host)
    expect(images).toMatchObject([{ role: 'previous', references: ['localhost/razroom-bundled:local'] }])
  })
})
