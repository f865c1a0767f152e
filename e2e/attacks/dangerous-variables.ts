import { describe, expect, it } from 'vitest'
import type { Problem } from '../../contract/schemas.ts'
import { type PanelHost, problemOf } from '../host/panel-host.ts'
import { readEnvFile, writeEnvFile } from '../journeys/gateway-container.ts'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { readEtag } from './env-requests.ts'
import { keepScore } from './scoreboard.ts'
import { requestBytes, type Shot } from './shot.ts'

/** One of each kind in the security design, and a word of the reason that is told. */
const VARIABLES: Readonly<Record<string, RegExp>> = {
  LD_PRELOAD: /load code/,
  LD_LIBRARY_PATH: /load code/,
  NODE_OPTIONS: /load code/,
  NODE_PATH: /load code/,
  PYTHONSTARTUP: /load code/,
  BASH_ENV: /shell/,
  ENV: /shell/,
  IFS: /shell/,
  PATH: /places/,
  HOME: /places/,
  XDG_CONFIG_HOME: /places/,
  DBUS_SESSION_BUS_ADDRESS: /podman/,
  CONTAINERS_CONF: /podman/,
  CONTAINER_HOST: /podman/,
  GIT_SSH_COMMAND: /run commands/,
  NODE_TLS_REJECT_UNAUTHORIZED: /readable to others/,
}

/** How a line can say it to one of its readers (docs/facts/env-dialects.md); the gateway's own one is dotenv. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => `${name}=x`,
  (name) => `export ${name}=x`,
  (name) => `export \t ${name} = x`,
  (name) => `export\u00a0${name}=x`,
  (name) => `export\f${name}=x`,
  (name) => `  ${name}=x`,
  (name) => `\t${name}\t=x`,
  (name) => `${name}: x`,
  (name) => `export ${name}: x`,
  (name) => `\ufeff${name}=x`,
  (name) => `\u00a0${name}=x`,
  (name) => `\f${name}=x`,
  (name) => `# harmless\r${name}=x`,
  (name) => `# harmless\u2028export ${name}=x`,
  (name) => `A=1\r${name}: x`,
  (name) => `${name.slice(0, 2)}\0${name.slice(2)}=x`,
  (name) => `${name}=`,
  (name) => name,
  (name) => `${name.slice(0, -1)}*`,
]

export function describeDangerousVariables(attack: () => AttackHost): void {
  const panel = (): PanelHost => attack().panel

  const saveShot = (name: string, etag: string, change: object): Shot => ({
    name,
    // As ASCII: the bytes of a shot are characters of one byte.
    bytes: requestBytes({
      method: 'PUT',
      target: '/api/env',
      headers: [
        ...pageHeaders(attack().session),
        ['Content-Type', 'application/json'],
        ['If-Match', `"${etag}"`],
      ],
      body: JSON.stringify(change).replace(
        /[^\x20-\x7e]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    }),
  })

  /** All of them are refused, each with its reason, and the file stays as it was. */
  async function expectRefused(title: string, changes: readonly (readonly [name: string, change: object])[]) {
    const before = await readEnvFile(panel())
    const etag = await readEtag(panel())
    const outcomes = await attack().fire(changes.map(([name, change]) => saveShot(name, etag, change)))
    const through = outcomes.filter(({ name, body }) => {
      const { code, detail = '' } = JSON.parse(body) as Problem
      return code !== 'ENV_VARIABLE_REFUSED' || !VARIABLES[name.split(' ')[0] ?? '']?.test(detail)
    })
    expect(through.map(({ name, status, body }) => `${status} ${name}: ${body.slice(0, 300)}`)).toEqual([])
    expect(await readEnvFile(panel())).toBe(before)
    keepScore(`variables: ${title}`, changes.length, changes.length)
  }

  describe('a variable that turns a setting into running code', () => {
    it('does not come in by an edit', async () => {
      await writeEnvFile(panel(), 'A=1\n')
      const names = Object.keys(VARIABLES)
      const edits = names.map((key) => [key, { edits: [{ op: 'set', key, value: 'x' }] }] as const)
      const behind = names.map(
        (key) =>
          [
            key,
            {
              edits: [
                { op: 'set', key: 'B', value: '1' },
                { op: 'set', key, value: '' },
              ],
            },
          ] as const,
      )
      await expectRefused('by an edit', [...edits, ...behind])
    })

    it('does not come in by the text, however it is spelt', async () => {
      const changes = Object.keys(VARIABLES).flatMap((name) =>
        SPELLINGS.map(
          (spell) =>
            [`${name} as ${JSON.stringify(spell(name))}`, { text: `A=1\n${spell(name)}\n` }] as const,
        ),
      )
      await expectRefused('by the text', changes)
    })

    it('does not come in by a value with a line end, or by a name with more than a name in it', async () => {
      const etag = await readEtag(panel())
      const edits = [
        ...['\n', '\r', '\0'].map((end) => ({ op: 'set', key: 'A', value: `1${end}LD_PRELOAD=x` })),
        ...[
          'A\nLD_PRELOAD',
          'export LD_PRELOAD',
          ' LD_PRELOAD',
          'LD_PRELOAD ',
          '\ufeffLD_PRELOAD',
          'LD_PRELOAD=x\nB',
        ].map((key) => ({ op: 'set', key, value: 'x' })),
      ]
      const shots = edits.map((edit) => saveShot(JSON.stringify(edit), etag, { edits: [edit] }))
      await attack().expectRefused('variables: by more than a name or a value', shots, [400])
      expect(await readEnvFile(panel())).toBe('A=1\n')
    })

    it('does not come in by the shell', async () => {
      for (const [name, input] of [
        ['LD_PRELOAD=x', undefined],
        ['NODE_OPTIONS', '--require=/tmp/x'],
      ] as const) {
        const result = await panel().tryCli(
          ['env', 'set', name, '--json'],
          input === undefined ? {} : { input },
        )
        expect(problemOf(result), name).toMatchObject({
          code: 'ENV_VARIABLE_REFUSED',
          detail: expect.stringContaining('load code'),
        })
      }
      for (const word of ['export LD_PRELOAD=x', ' LD_PRELOAD=x', 'A=1\nLD_PRELOAD=x'])
        expect((await panel().tryCli(['env', 'set', word, '--json'])).exitCode, word).not.toBe(0)
      expect(await readEnvFile(panel())).toBe('A=1\n')
    })

    it('that is in the file already hinders no other change, but can not be changed itself', async () => {
      await writeEnvFile(panel(), 'LD_PRELOAD=old\nA=1\n')
      const etag = await readEtag(panel())
      await expectRefused('one that is there', [
        ['LD_PRELOAD', { edits: [{ op: 'set', key: 'LD_PRELOAD', value: 'new' }] }],
        ['LD_PRELOAD twice', { text: 'LD_PRELOAD=old\nLD_PRELOAD=old\nA=1\n' }],
      ])
      const [fine] = await attack().fire([
        saveShot('fine', etag, { edits: [{ op: 'set', key: 'A', value: '2' }] }),
      ])
      expect(fine?.status).toBe(200)
      expect(await readEnvFile(panel())).toBe('LD_PRELOAD=old\nA=2\n')
      const [gone] = await attack().fire([
        saveShot('gone', await readEtag(panel()), { edits: [{ op: 'unset', key: 'LD_PRELOAD' }] }),
      ])
      expect(gone?.status).toBe(200)
      expect(await readEnvFile(panel())).toBe('A=2\n')
    })
  })
}
