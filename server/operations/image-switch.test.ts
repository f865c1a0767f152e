import { describe, expect, it, vi } from 'vitest'
import { HostError } from '../errors.ts'
import {
  BAD,
  context,
  endState,
  hostOf,
  type Life,
  makeWorld,
  NEW,
  perform,
  SAME,
  update,
  type World,
} from './image-switch-world.ts'
import { rollbackImage } from './rollback-image.ts'

/** The pauses between two looks at the gateway. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

const MOST_CALLS = 60

describe('an update', () => {
  it('keeps the image before it, under a name of its own', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(update(NEW)(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({
      container: 'two',
      image: NEW,
      previous: { source: { kind: 'bundled' }, id: 'one' },
      imageSwitch: null,
    })
    expect(world.names.get('localhost/razroom:previous')).toBe('one')
  })

  it('that does not answer ends as if it had never been', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(update(BAD)(hostOf(world)))).toBe('UPDATE_ROLLED_BACK')
    expect(endState(world)).toMatchObject({
      container: 'one',
      image: { kind: 'bundled' },
      previous: null,
      imageSwitch: null,
    })
  })

  it('of the same name gives the name back when it does not answer', async () => {
    const world = makeWorld(SAME)
    world.registry.set('r.example/gateway:1', 'bad')
    expect(await perform(update(undefined)(hostOf(world)))).toBe('UPDATE_ROLLED_BACK')
    expect(world.names.get('r.example/gateway:1')).toBe('one')
    expect(world.container).toBe('one')
  })

  it('that brings nothing leaves the way back as it was', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const before = endState(world)
    expect(await perform(update(undefined)(hostOf(world)))).toBeNull()
    expect(endState(world)).toEqual(before)
    expect(await perform(update({ kind: 'registry', reference: 'r.example/none' })(hostOf(world)))).toBe(
      'IMAGE_PULL_FAILED',
    )
    expect(endState(world)).toEqual(before)
  })
})

describe('an update that is cancelled', () => {
  const reached = update(NEW)(hostOf(makeWorld({ kind: 'bundled' }))).steps.slice(1, -1)

  it.each(reached.map(({ id }) => id))(
    'while %s does what it does ends as if it had never been',
    async (id) => {
      const world = makeWorld({ kind: 'bundled' })
      const cancelling = new AbortController()
      const { steps } = update(NEW)(hostOf(world))
      const running = (async () => {
        for (const step of steps) {
          // As the runner does. Not each step looks by itself, nor would it end in the middle.
          cancelling.signal.throwIfAborted()
          if (step.id === id) cancelling.abort()
          await step.run({ ...context, signal: cancelling.signal })
        }
      })()
      await expect(running).rejects.toMatchObject({ name: 'AbortError' })
      expect(world).toMatchObject({
        container: 'one',
        state: { settings: { image: { kind: 'bundled' } }, imageSwitch: null, previousImage: null },
      })
    },
  )
})

describe('the backup of an update', () => {
  const withBackups = (world: World, makeBackup: () => Promise<unknown>) =>
    Object.assign(hostOf(world), { hasUserDirectory: async () => true, makeBackup })
  const made = { leftOut: [], unsettled: [], path: '', files: 1, sizeBytes: 1 }

  it('is made when the new image is there, of the settings of before', async () => {
    const world = makeWorld({ kind: 'bundled' })
    const makeBackup = vi.fn(async () => {
      expect(world).toMatchObject({ container: 'one', state: { settings: { image: { kind: 'bundled' } } } })
      expect(world.names.get(NEW.reference)).toBe('two')
      return made
    })
    expect(await perform(update(NEW)(withBackups(world, makeBackup)))).toBeNull()
    expect(makeBackup).toHaveBeenCalledTimes(1)
    expect(world.container).toBe('two')
  })

  it('is not made when there is none', async () => {
    const makeBackup = vi.fn(async () => made)
    const host = withBackups(makeWorld({ kind: 'bundled' }), makeBackup)
    expect(await perform(update({ kind: 'registry', reference: 'r.example/none' })(host))).toBe(
      'IMAGE_PULL_FAILED',
    )
    expect(makeBackup).not.toHaveBeenCalled()
  })

  it('that fails ends the update as if it had never been', async () => {
    const world = makeWorld(SAME)
    const before = endState(world)
    const full = withBackups(world, async () => {
      throw new HostError('DISK_FULL')
    })
    expect(await perform(update(undefined)(full))).toBe('DISK_FULL')
    // The name that the new image had taken is the old one’s again.
    expect(endState(world)).toEqual({ ...before, names: expect.arrayContaining(before.names) })
    expect(world.names.get(SAME.reference)).toBe('one')
  })
})

describe('a step back', () => {
  it('and another one end where they began', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({
      container: 'one',
      image: { kind: 'bundled' },
      previous: { id: 'two', source: NEW },
    })
    expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({ container: 'two', image: NEW, previous: { id: 'one' } })
  })

  it('is told when there is none, or when its image was removed', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(rollbackImage(hostOf(world)))).toBe('NO_PREVIOUS_IMAGE')
    await perform(update(NEW)(hostOf(world)))
    for (const [name, id] of world.names) if (id === 'one') world.names.delete(name)
    expect(await perform(rollbackImage(hostOf(world)))).toBe('NO_PREVIOUS_IMAGE')
  })

  it('takes the name that both images had', async () => {
    const world = makeWorld(SAME)
    await perform(update(undefined)(hostOf(world)))
    expect(world.names.get('r.example/gateway:1')).toBe('one-of-today')
    await perform(rollbackImage(hostOf(world)))
    expect(world.names.get('r.example/gateway:1')).toBe('one')
    await perform(rollbackImage(hostOf(world)))
    expect(world.names.get('r.example/gateway:1')).toBe('one-of-today')
  })
})

/** Both begin after an update, so that there is something to go back to. */
async function readyWorld(): Promise<World> {
  const world = makeWorld(SAME)
  await perform(update(undefined)(hostOf(world)))
  return world
}

describe.each([
  ['an update that succeeds', update(NEW)],
  ['an update to the same name', update(SAME)],
  ['an update that does not answer', update(BAD)],
  ['a step back', rollbackImage],
])('%s, killed before any of its changes', (_, plan) => {
  it('ends as if undisturbed when it is begun again', async () => {
    const undisturbed = await readyWorld()
    const outcome = await perform(plan(hostOf(undisturbed)))
    let kills = 0
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      const world = await readyWorld()
      const life: Life = { left: calls, isDead: false }
      if ((await perform(plan(hostOf(world, life)), life)) !== 'KILLED') break
      kills += 1
      expect(await perform(plan(hostOf(world))), `after ${calls} changes`).toBe(outcome)
      expect(endState(world), `after ${calls} changes`).toEqual(endState(undisturbed))
    }
    expect(kills).toBeGreaterThan(4)
    expect(kills).toBeLessThan(MOST_CALLS)
  })

  it('leaves a way back to what answered last', async () => {
    for (let calls = 1; calls < MOST_CALLS; calls++) {
      const world = await readyWorld()
      const life: Life = { left: calls, isDead: false }
      if ((await perform(plan(hostOf(world, life)), life)) !== 'KILLED') break
      if (world.state.imageSwitch?.kind !== 'update') continue
      expect(await perform(rollbackImage(hostOf(world))), `after ${calls} changes`).toBeNull()
      expect(endState(world), `after ${calls} changes`).toMatchObject({
        container: 'one-of-today',
        previous: { id: 'one' },
      })
      expect(world.names.get('localhost/razroom:previous')).toBe('one')
    }
  })
})
