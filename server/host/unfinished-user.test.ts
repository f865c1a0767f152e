import { describe, expect, it } from 'vitest'
import type { RunCommand } from './run-command.ts'
import { finishUser } from './unfinished-user.ts'

/** A name that no machine has: its home is missing. */
const NAME = 'razroom-no-such-home'
const user = { name: NAME, uid: 990, gid: 991, home: `/home/${NAME}`, shell: '/usr/sbin/nologin' }

/** @param there what getent(1) knows */
async function finish(there: readonly string[], account = user, group = NAME) {
  const calls: string[] = []
  const run = (async (argv: readonly string[]) => {
    if (argv[0] !== 'getent') calls.push(argv.join(' '))
    return {
      exitCode: argv[0] === 'getent' && !there.includes(argv[1] ?? '') ? 2 : 0,
      stdout: argv[1] === 'group' ? `${group}:x:991:` : '',
      stderr: '',
    }
  }) as unknown as RunCommand
  await finishUser(run, account)
  return calls
}

describe('an account whose making was cut off', () => {
  const home = `mkhomedir_helper ${NAME} 0022`
  const group = `groupadd --system --gid 991 -- ${NAME}`

  it.each([
    ['after passwd', [], ['pwconv', group, home]],
    ['after shadow', ['shadow'], [group, home]],
    ['before its home', ['shadow', 'group'], [home]],
  ])('%s gets what is missing', async (_when, there, calls) => {
    expect(await finish(there)).toEqual(calls)
  })

  it('whose number somebody else’s group has is refused', async () => {
    await expect(finish(['shadow', 'group'], user, 'docker')).rejects.toMatchObject({
      code: 'USER_UNSUITABLE',
    })
  })

  it('with another home is refused before anything is done', async () => {
    await expect(finish([], { ...user, home: '/root' })).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
  })
})
