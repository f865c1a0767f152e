import { expect, test } from 'vitest'
import { backupDirectories } from './backup-words.ts'
import { unitDifference } from './unit-difference.ts'

test('comments and the checksum are no difference of a unit', () => {
  const unit = (sum: string, port: string) =>
    `# Written by the panel\n# Checksum: ${sum}\n[Container]\nPublishPort=${port}\n`
  expect(unitDifference(unit('a', '1'), unit('b', '1'))).toEqual([])
  expect(unitDifference(unit('a', '1'), unit('b', '2')).map(({ sign, text }) => `${sign}${text}`)).toEqual([
    ' [Container]',
    '-PublishPort=1',
    '+PublishPort=2',
  ])
  expect(unitDifference('; by hand\nA=#1\n', 'A=#1\n')).toEqual([])
})

test('a directory of backups is told once', () => {
  expect(backupDirectories([{ path: '/var/b/1.tar.gz' }, { path: '/var/b/2.tar.gz' }])).toEqual(['/var/b'])
})
