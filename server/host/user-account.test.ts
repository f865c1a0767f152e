import { describe, expect, it } from 'vitest'
import { createCommandRunner } from './run-command.ts'
import { createAccounts, parseIdRanges, parsePasswdLine } from './user-account.ts'

describe('parsePasswdLine', () => {
  it('reads an account', () => {
    expect(parsePasswdLine('razroom:x:999:998:a, comment:/home/razroom:/usr/sbin/nologin')).toEqual({
      name: 'razroom',
      uid: 999,
      gid: 998,
      home: '/home/razroom',
      shell: '/usr/sbin/nologin',
    })
  })

  it.each([
    '',
    'razroom:x:999:998::/home/razroom',
    'razroom:x:-1:998::/home/razroom:/bin/sh',
    'razroom:x:99999999999:998::/home/razroom:/bin/sh',
    'razroom:x:9e2:998::/home/razroom:/bin/sh',
    'razroom:x:999:998::home:/bin/sh',
    ':x:999:998::/home:/bin/sh',
  ])('refuses %j', (line) => {
    expect(parsePasswdLine(line)).toBeNull()
  })
})

it('parseIdRanges reads ranges and leaves out the rest', () => {
  const text = 'root:100000:65536\n1000:165536:65536\n\nbroken\na:b:c\nx:1:2:3\nrazroom:231072:65536\n'
  expect(parseIdRanges(text)).toEqual([
    { owner: 'root', start: 100_000, count: 65_536 },
    { owner: '1000', start: 165_536, count: 65_536 },
    { owner: 'razroom', start: 231_072, count: 65_536 },
  ])
})

describe('createAccounts', () => {
  const accounts = createAccounts(createCommandRunner((text) => text).run)

  it('finds users of this machine', async () => {
    expect(await accounts.findUser('root')).toMatchObject({ uid: 0, gid: 0 })
    expect(await accounts.findUser('no-such-user-here')).toBeNull()
  })

  it.each(['0', '--help', '-s', 'a b', 'x:y', '../x', 'a\nb', ''])('looks nobody up by %j', async (name) => {
    expect(await accounts.findUser(name)).toBeNull()
  })

  it('refuses a name that useradd could misread', async () => {
    await expect(accounts.createUser('--root=/tmp')).rejects.toMatchObject({ code: 'USER_UNSUITABLE' })
  })
})
