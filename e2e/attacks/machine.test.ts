import { afterAll, beforeAll, describe } from 'vitest'
import { createHost, type TestHost } from '../host/host.ts'
import { addRazroom } from '../host/host-test-kit.ts'
import { type PanelHost, startPanel } from '../host/panel-host.ts'
import { type AttackHost, openFire } from './attack-host.ts'
import { describeContainerReach } from './container-reach.ts'
import { describeHostileImages } from './hostile-images.ts'
import { putInside } from './inside.ts'
import { describeSwapRace } from './swap-race.ts'
import { describeTrace } from './trace.ts'

/** What the panel does to its machine, and what the gateway's user and container can do to it. */
describe('the machine', () => {
  let host: TestHost
  let started: PanelHost | undefined
  let fire: AttackHost['fire'] = () => Promise.reject(new Error('the host did not come up'))
  const panel = (): PanelHost => {
    if (!started) throw new Error('the host did not come up')
    return started
  }

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    await addRazroom(host)
    await host.run([
      'install',
      '--directory',
      '--owner=razroom',
      '--group=razroom',
      '--mode=0700',
      '/srv/razroom',
    ])
    started = await startPanel(host)
    fire = await openFire(host)
    await putInside(host, 'swap-racer.ts')
  })
  afterAll(() => host?.destroy())

  describeTrace(panel)
  describeContainerReach(panel, 'pasta')
  describeHostileImages(panel, () => fire)
  describeSwapRace(panel, '/srv/razroom/config')
})
