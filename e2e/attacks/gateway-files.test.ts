import { describe } from 'vitest'
import { useAttackHost } from './attack-host.ts'
import { describeDangerousVariables } from './dangerous-variables.ts'
import { describeDurableSave } from './durable-save.ts'
import { describeHostileFiles } from './hostile-files.ts'
import { describeParallelSaves } from './parallel-saves.ts'

/** The gateway's files on a real host: what is done to them, by whom, and what is left of them after that. */
describe('the files of the gateway', () => {
  const attack = useAttackHost('kill-saves.ts', 'racing-editor.ts', 'racing-saves.ts', 'path-racer.ts')

  describeDangerousVariables(attack)
  describeParallelSaves(attack)
  describeHostileFiles(attack)
  // Last, for it restarts the daemon.
  describeDurableSave(attack)
})
