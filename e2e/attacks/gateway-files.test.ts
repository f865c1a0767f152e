import { afterAll, beforeAll, describe } from 'vitest'
import { type AttackHost, openAttackHost } from './attack-host.ts'
import { describeDangerousVariables } from './dangerous-variables.ts'
import { describeDurableSave } from './durable-save.ts'
import { describeHostileFiles } from './hostile-files.ts'
import { putInside } from './inside.ts'
import { describeParallelSaves } from './parallel-saves.ts'

/** The gateway's files on a real host: what is done to them, by whom, and what is left of them after that. */
describe('the files of the gateway', () => {
  let host: AttackHost | undefined
  const attack = (): AttackHost => {
    if (!host) throw new Error('the host did not come up')
    return host
  }

  beforeAll(async () => {
    host = await openAttackHost()
    const programs = ['kill-saves.ts', 'racing-editor.ts', 'racing-saves.ts', 'path-racer.ts']
    await putInside(host.panel.host, ...programs)
  })

  afterAll(() => host?.close())

  describeDangerousVariables(attack)
  describeParallelSaves(attack)
  describeHostileFiles(attack)
  // Last, for it restarts the daemon.
  describeDurableSave(attack)
})
