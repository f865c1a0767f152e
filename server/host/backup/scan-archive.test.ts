import { buffer } from 'node:stream/consumers'
import { describe, expect, it, test } from 'vitest'
import { PanelError } from '../../errors.ts'
import { scanArchive } from './scan-archive.ts'
import {
  backupOf,
  directory,
  FACTS,
  file,
  gzip,
  json,
  link,
  listed,
  streamOf,
  type TestEntry,
  tarOf,
  zstd,
} from './test-archives.ts'

const TREE = [
  directory('config'),
  file('config/.env', 'A=1\n'),
  directory('config/a'),
  link('config/a/up', '../.env'),
  file(`config/a/${'n'.repeat(200)}`, 'long name'),
  directory('workspace'),
  file('workspace/ü🙂\n"\'', ''),
]

/** Why it is refused. @throws when it is not refused, or with something else than BACKUP_INVALID */
async function reasonOf(bytes: Uint8Array): Promise<string> {
  try {
    await scanArchive(streamOf(bytes))
  } catch (error) {
    if (error instanceof PanelError && error.code === 'BACKUP_INVALID') return error.detail ?? ''
    throw error
  }
  throw new Error('it was taken for a backup')
}

describe('a whole backup', () => {
  test.each([
    ['zstd', zstd],
    ['gzip', gzip],
  ])('is read, by %s', async (_name, compress) => {
    const manifest = await scanArchive(streamOf(compress(await backupOf(TREE))))
    expect(manifest.entries).toEqual(listed(TREE))
    expect(manifest.settings).toEqual(FACTS.settings)
  })

  it('is read in pieces of any size', async () => {
    const bytes = zstd(await backupOf(TREE))
    for (const size of [1, 3, 512, bytes.length])
      expect((await scanArchive(streamOf(bytes, size))).entries).toHaveLength(TREE.length)
  })

  it('hands over every entry with its bytes', async () => {
    const seen: string[] = []
    await scanArchive(streamOf(gzip(await backupOf(TREE))), {
      async onEntry({ entry, body }) {
        const bytes = await buffer(body)
        if (entry.type === 'file') seen.push(`${entry.path}=${bytes}`)
      },
    })
    expect(seen).toEqual([
      'config/.env=A=1\n',
      `config/a/${'n'.repeat(200)}=long name`,
      'workspace/ü🙂\n"\'=',
    ])
  })
})

describe('refused as damaged', () => {
  test.each([zstd, gzip])('when it is cut off anywhere (%o)', async (compress) => {
    const bytes = compress(await backupOf(TREE))
    for (let length = 0; length < bytes.length; length += 7)
      await expect(reasonOf(bytes.subarray(0, length)), `${length} of ${bytes.length}`).resolves.toBeTruthy()
  })

  it('when the archive inside is cut off anywhere', async () => {
    const tar = await backupOf(TREE)
    // After the manifest come only zeros that end every archive.
    for (let length = 0; length < tar.length - 1536; length += 512)
      await expect(reasonOf(zstd(tar.subarray(0, length))), `${length}`).resolves.toBeTruthy()
  })

  it('when a bit is flipped, or it says the very same', async () => {
    const bytes = zstd(await backupOf(TREE))
    const whole = await scanArchive(streamOf(bytes))
    let refused = 0
    for (let at = 0; at < bytes.length; at += 3) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      const read = await scanArchive(streamOf(flipped)).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'BACKUP_INVALID' })
        refused += 1
        return whole
      })
      expect(read).toEqual(whole)
    }
    expect(refused).toBeGreaterThan(bytes.length / 4)
  })

  test.each([
    ['it is empty', Buffer.alloc(0)],
    ['neither by zstd nor by gzip', Buffer.from('A=1\nB=2\n')],
    ['neither by zstd nor by gzip', Buffer.alloc(100_000)],
    ['it is empty', zstd(Buffer.alloc(0))],
    ['Invalid tar header', gzip(Buffer.from('hello '.repeat(400)))],
  ])('%s', async (reason, bytes) => {
    expect(await reasonOf(bytes)).toContain(reason)
  })

  it('when something follows its end', async () => {
    const bytes = zstd(await backupOf(TREE))
    expect(await reasonOf(Buffer.concat([bytes, Buffer.from('more')]))).toContain('follows its end')
    expect(await reasonOf(Buffer.concat([bytes, bytes]))).toContain('follows its end')
    const tar = await backupOf(TREE)
    expect(await reasonOf(gzip(Buffer.concat([tar, await tarOf([file('config/x', '')])])))).toContain(
      'follows',
    )
  })
})

describe('refused as not ours', () => {
  it('another archive', async () => {
    expect(await reasonOf(zstd(await tarOf(TREE)))).toContain('did not make it')
    expect(await reasonOf(zstd(await tarOf([json('backup.json', { hello: 1 })])))).toContain(
      'did not make it',
    )
  })
  it('a later format', async () => {
    const facts = { ...FACTS, version: 2 }
    expect(await reasonOf(zstd(await tarOf([json('backup.json', facts)])))).toContain('newer')
  })
})

/** Entries that somebody put in, with a manifest that agrees with them. */
const HOSTILE: [name: string, reason: string, entries: TestEntry[]][] = [
  ['an absolute path', 'absolute path', [file('/etc/passwd', 'x')]],
  ['a way up', '".."', [file('config/../../etc/passwd', 'x')]],
  ['a way up at the end', '".."', [directory('config/..')]],
  ['an empty part', 'part ""', [file('config//x', 'x')]],
  ['a dot', 'part "."', [directory('config/./x')]],
  ['another root', 'neither below', [directory('etc')]],
  ['another root of a like name', 'neither below', [directory('configs')]],
  ['a link to the outside', 'leads outside', [link('config/x', '/etc/shadow')]],
  ['a link up to the outside', 'leads outside', [link('config/x', '../../etc/shadow')]],
  ['a link out of the workspace', 'leads outside', [directory('workspace'), link('workspace/x', '../../..')]],
  ['an empty link', 'leads outside', [link('config/x', '')]],
  [
    'a link that says it is in the container',
    'leads outside',
    [link('config/x', '/home/node/.razroom/../../x')],
  ],
  ['a link as parent', 'its directory', [link('config/x', 'a'), file('config/x/y', 'z')]],
  ['a file as parent', 'its directory', [file('config/x', ''), file('config/x/y', 'z')]],
  ['no parent', 'its directory', [file('config/x/y', 'z')]],
  ['a root that is a file', 'its directory', [file('workspace', 'z')]],
  ['a hard link', 'it is a link', [{ header: { name: 'config/x', type: 'link', linkname: 'config/y' } }]],
  ['a character device', 'character-device', [{ header: { name: 'config/x', type: 'character-device' } }]],
  ['a block device', 'block-device', [{ header: { name: 'config/x', type: 'block-device' } }]],
  ['a FIFO', 'fifo', [{ header: { name: 'config/x', type: 'fifo' } }]],
  ['a set-uid file', 'mode 4755', [file('config/x', 'y', { mode: 0o4755 })]],
  ['a sticky directory', 'mode 1777', [directory('config/x', { mode: 0o1777 })]],
  ['the same file twice', 'comes twice', [file('config/x', 'y'), file('config/x', 'z')]],
  ['a file over a directory', 'comes twice', [directory('config/x'), file('config/x', 'z')]],
  ['a file named like a directory', 'named like a directory', [file('config/x/', 'y')]],
  ['a name that is too long', 'too long', [file(`config/${'n'.repeat(256)}`, 'y')]],
  ['a path that is too long', 'too long', [file(`config${'/nnnnnnnnn'.repeat(500)}`, 'y')]],
  ['a name that is no text', 'not UTF-8', [file('config/\ufffd', 'y')]],
]

describe('refused as hostile', () => {
  test.each(HOSTILE)('%s', async (_name, reason, entries) => {
    const tree = [directory('config'), ...entries]
    const safe = { manifest: { entries: [] } }
    expect(await reasonOf(zstd(await backupOf(tree, safe)))).toContain(reason)
  })

  it('a name of bytes that are no UTF-8', async () => {
    const tar = await backupOf([directory('config'), file('config/xx', 'y')])
    const at = tar.indexOf('config/xx')
    const header = tar.subarray(at, at + 512)
    header[7] = 0xff
    header.fill(' ', 148, 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    expect(await reasonOf(zstd(tar))).toContain('not UTF-8')
  })

  it('more bytes than it says', async () => {
    const bomb = [directory('config'), file('config/x', 'y'.repeat(2_000))]
    expect(await reasonOf(zstd(await backupOf(bomb, { facts: { maxBytes: 1_999 } })))).toContain('more bytes')
  })

  it('bytes without end, after a fraction of them', async () => {
    const head = await tarOf([json('backup.json', { ...FACTS, maxEntries: 1, maxBytes: 1 })])
    const bomb = zstd(Buffer.concat([head, Buffer.alloc(200_000_000)]))
    expect(bomb.length).toBeLessThan(100_000)
    expect(await reasonOf(bomb)).toContain('more bytes')
  })

  it('more entries than it says', async () => {
    const tree = [directory('config'), file('config/x', ''), file('config/y', '')]
    expect(await reasonOf(zstd(await backupOf(tree, { facts: { maxEntries: 2 } })))).toContain('more entries')
    expect(await reasonOf(zstd(await backupOf(tree, { facts: { maxEntries: 300_000 } })))).toContain(
      'did not make it',
    )
  })
})

describe('refused when the manifest says otherwise', () => {
  const [, env] = listed(TREE)
  const with0 = (change: object) => ({
    manifest: { entries: listed(TREE).with(1, { ...env, ...change } as never) },
  })
  test.each([
    ['a checksum', with0({ sha256: '0'.repeat(64) }), 'its checksum is wrong'],
    ['a mode', with0({ mode: 0o777 }), 'another mode'],
    ['a size', with0({ size: 5 }), 'another size'],
    ['a path', with0({ path: 'config/other' }), 'not what its manifest has'],
    ['a missing entry', { manifest: { entries: listed(TREE).slice(1) } }, 'entries'],
    [
      'a link',
      {
        manifest: {
          entries: listed(TREE).with(3, { path: 'config/a/up', type: 'link', target: 'x', mtime: 0 }),
        },
      },
      'elsewhere',
    ],
    ['its facts', { manifest: { user: 'root' } }, 'differ'],
    ['its shape', { manifest: { entries: 'none' } }, 'not one'],
  ])('about %s', async (_what, changes, reason) => {
    expect(await reasonOf(zstd(await backupOf(TREE, changes)))).toContain(reason)
  })

  it('or is missing', async () => {
    expect(await reasonOf(zstd(await tarOf([json('backup.json', FACTS), ...TREE])))).toContain(
      'manifest is missing',
    )
  })
})
