import { expect, it } from 'vitest'
import type { AttackHost } from './attack-host.ts'
import { SEEDS } from './env-requests.ts'
import { operationFaults, orderFaults } from './events-order.ts'
import { openPages } from './pages.ts'
import { panelPids } from './read-machine.ts'
import { keepScore } from './scoreboard.ts'
import { beginUse } from './use-actions.ts'
import { planUse } from './use-plan.ts'

const ROUNDS = 12
/** Several pages log in and out, save, operate and listen at the same moment; a model says what can come of it. */
export function describeUsedAtOnce(attack: () => AttackHost): void {
  it.each(SEEDS)('used by several at once, does what it answers (RAZROOM_TEST_SEED=%i)', async (seed) => {
    const { panel } = attack()
    const [pages, others] = await Promise.all([openPages(panel.host, 'root'), openPages(panel.host, 'alice')])
    const use = await beginUse(attack(), pages, others, seed)
    const pid = await panelPids(panel)
    const begun = performance.now()
    for (const round of planUse(seed, ROUNDS)) await use.play(round)
    const { model, connections } = await use.end()
    pages.end()
    others.end()
    const faults = [
      ...model.faults,
      ...orderFaults(connections),
      ...operationFaults(
        model.accepted.map(({ id }) => id),
        use.watcher,
      ),
    ]
    expect(faults, `RAZROOM_TEST_SEED=${seed}`).toEqual([])
    expect(await panelPids(panel)).toBe(pid)
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
    const { won, lost } = model.saves
    keepScore('several at once: saves', won + lost, lost, `seed ${seed}`)
    keepScore(
      'several at once: operations',
      model.accepted.length + model.refusals,
      model.refusals,
      `${seconds} s`,
    )
    const events = connections.reduce((sum, connection) => sum + connection.events.length, 0)
    keepScore(
      'several at once: requests without a login',
      use.refused(),
      use.refused(),
      `${events} events, ${connections.length} connections`,
    )
  })
}
