import { expect, test } from 'vitest'
import type { Host, UnitFacts } from '../host/host.ts'
import { USER } from './test-file-world.ts'
import { refuseMasked } from './unit-file.ts'

const NAME = 'razroom.service'

function hostWith(facts: Pick<UnitFacts, 'loadState' | 'fragmentPath'>): Host {
  return {
    readUnit: async () => facts,
    describeSystemctl: (_user: unknown, args: readonly string[]) => `systemctl ${args.join(' ')}`,
  } as unknown as Host
}

test.each([
  [`${USER.home}/.config/systemd/user/${NAME}`, `systemctl unmask ${NAME}`],
  [`/run/user/900/systemd/user/${NAME}`, `systemctl unmask --runtime ${NAME}`],
])('a unit that %s masks is told with what ends that', async (fragmentPath, command) => {
  const refused = refuseMasked(hostWith({ loadState: 'masked', fragmentPath }), USER, NAME)
  await expect(refused).rejects.toMatchObject({ code: 'UNIT_INVALID', command })
  await expect(refuseMasked(hostWith({ loadState: 'loaded', fragmentPath }), USER, NAME)).resolves.toBe(
    undefined,
  )
})
