import { describe, expect, it, vi } from 'vitest'
import { defaultSettings, type Settings } from '../../contract/settings.ts'
import { SetupError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Step, StepContext } from './runner.ts'
import { type FormerSettings, formerOf, puttingSettingsBack } from './setup-way-back.ts'

const stored: Settings = { ...defaultSettings(), configDir: '/srv/old', image: { kind: 'bundled' } }
const former = formerOf(stored, { ...stored, configDir: '/srv/new' })

function world(run: Step['run']) {
  const updateState = vi.fn(async () => undefined)
  const did = vi.fn()
  const cancelling = new AbortController()
  const wrapped = (settings: FormerSettings['settings']) =>
    puttingSettingsBack(
      { updateState } as unknown as Host,
      { settings },
      { id: 'directories', title: '', run },
    )
  return {
    updateState,
    did,
    wrapped,
    context: { did, signal: cancelling.signal } as unknown as StepContext,
    cancelling,
  }
}

const failing = async () => {
  throw new SetupError('DIRECTORY_UNSUITABLE', { detail: '/srv/new' })
}

describe('a step of a setup over a gateway that is set up', () => {
  it('puts the settings of that gateway back when it fails, and fails as it did', async () => {
    const { updateState, did, wrapped, context } = world(failing)
    await expect(wrapped(former).run(context)).rejects.toMatchObject({ code: 'DIRECTORY_UNSUITABLE' })
    // And no other: ports may have been saved meanwhile, or who may use the panel.
    expect(updateState.mock.calls).toEqual([[{ settings: { configDir: '/srv/old' } }]])
    expect(did).toHaveBeenCalledWith('put the settings of before back')
  })

  it('puts them back when it was cancelled, also by who came while it did what it does to its end', async () => {
    const { updateState, wrapped, context, cancelling } = world(async () => cancelling.abort())
    await expect(wrapped(former).run(context)).rejects.toThrow()
    expect(updateState).toHaveBeenCalledOnce()
  })

  it('leaves the new ones where there is nothing to go back to, and where all went well', async () => {
    const first = world(failing)
    await expect(first.wrapped(null).run(first.context)).rejects.toMatchObject({
      code: 'DIRECTORY_UNSUITABLE',
    })
    const well = world(async () => undefined)
    await well.wrapped(former).run(well.context)
    expect([first, well].map(({ updateState }) => updateState.mock.calls)).toEqual([[], []])
  })
})
