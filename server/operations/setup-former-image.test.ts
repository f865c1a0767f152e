import { describe, expect, it, vi } from 'vitest'
import { defaultSettings, type ImageSource } from '../../contract/settings.ts'
import { imageStep } from './ensure-image.ts'
import { BAD, endState, hostOf, makeWorld, NEW, perform, SAME, type World } from './image-switch-world.ts'
import { rollbackImage } from './rollback-image.ts'
import { keepingFormerImage } from './setup-former-image.ts'
import { bringUpSteps } from './start-gateway.ts'
import { updateImage } from './update-image.ts'

/** The pauses between two looks at the gateway. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

/** As setup does it: the settings name the new image before it is there. */
async function setUp(world: World, image: ImageSource) {
  const before = world.state.settings ?? defaultSettings()
  const isSame = JSON.stringify(before.image) === JSON.stringify(image)
  world.state = { ...world.state, settings: { ...before, image } }
  const host = hostOf(world)
  const former = { settings: isSame ? null : before }
  const steps = [
    keepingFormerImage(host, former, imageStep(host)),
    ...bringUpSteps(host, { force: false, withinSeconds: 0.2 }),
  ]
  return perform({ kind: 'setup', steps })
}

it('a setup with another image keeps the one of before for a step back', async () => {
  const world = makeWorld({ kind: 'bundled' })
  expect(await setUp(world, NEW)).toBeNull()
  expect(endState(world)).toMatchObject({
    container: 'two',
    image: NEW,
    previous: { source: { kind: 'bundled' }, id: 'one' },
  })
  expect(world.names.get('localhost/razroom:previous')).toBe('one')
  expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
  expect(endState(world)).toMatchObject({
    container: 'one',
    image: { kind: 'bundled' },
    previous: { id: 'two' },
  })
})

describe('after a setup with an image that never answers', () => {
  const afterBad = async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(
      await perform({ kind: 'start-gateway', steps: [...bringUpSteps(hostOf(world), { force: false })] }),
    ).toBeNull()
    expect(await setUp(world, BAD)).toBe('GATEWAY_NOT_READY')
    expect(endState(world)).toMatchObject({ container: 'bad', previous: { id: 'one' } })
    return world
  }

  it('a setup with a third one keeps the one that answered for a step back', async () => {
    const world = await afterBad()
    expect(await setUp(world, NEW)).toBeNull()
    expect(endState(world)).toMatchObject({ container: 'two', previous: { id: 'one' } })
    expect(world.names.get('localhost/razroom:previous')).toBe('one')
  })

  it('an update that does not answer goes back to the one that did', async () => {
    const world = await afterBad()
    world.registry.set(NEW.reference, 'bad')
    expect(await perform(updateImage(hostOf(world), { image: NEW, healthyWithinSeconds: 0.2 }))).toBe(
      'UPDATE_ROLLED_BACK',
    )
    expect(endState(world)).toMatchObject({ container: 'one', image: { kind: 'bundled' } })
  })
})

it('one with the image in use keeps the way back as it was, and so does one that gets none', async () => {
  const world = makeWorld(SAME)
  await setUp(world, NEW)
  const before = endState(world)
  expect(await setUp(world, NEW)).toBeNull()
  expect(endState(world)).toEqual(before)
  expect(await setUp(world, { kind: 'registry', reference: 'r.example/none' })).toBe('IMAGE_PULL_FAILED')
  expect(endState(world)).toMatchObject({ container: 'two', previous: before.previous })
})

it('what was there before an update that was cut off stays what a step back brings', async () => {
  const world = makeWorld({ kind: 'bundled' })
  const imageSwitch = { kind: 'update' as const, from: null, to: null }
  world.state = { ...world.state, imageSwitch }
  await setUp(world, NEW)
  expect(endState(world)).toMatchObject({ previous: null, imageSwitch })
})

it('an image that somebody else’s unit names is not kept', async () => {
  const world = makeWorld({ kind: 'bundled' })
  world.names.set('localhost/theirs:1', 'theirs')
  world.container = 'theirs'
  const host = hostOf(world)
  const container = await host.inspectContainer({} as never, '')
  Object.assign(host, { inspectContainer: async () => ({ ...container, imageName: 'localhost/theirs:1' }) })
  world.state = { ...world.state, settings: { ...defaultSettings(), image: NEW } }
  const step = keepingFormerImage(host, { settings: defaultSettings() }, imageStep(host))
  expect(await perform({ kind: 'setup', steps: [step] })).toBeNull()
  expect(endState(world)).toMatchObject({ previous: null })
})
