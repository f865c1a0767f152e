import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { callApi } from '../host/panel-api.ts'
import type { PanelHost } from '../host/panel-host.ts'
import { ENV_FILE, readEnvFile, writeEnvFile } from '../journeys/gateway-container.ts'
import { type AttackHost, pageHeaders } from './attack-host.ts'
import { codeOf, IS_FULL, readEtag, SEED, saveEnv, setVariable } from './env-requests.ts'
import { insideArgv, runInside } from './inside.ts'
import type { EditorSave } from './racing-editor.ts'
import type { SaveTry } from './racing-saves.ts'
import { keepScore } from './scoreboard.ts'
import { type Outcome, requestBytes, type Shot } from './shot.ts'

const AT_ONCE = 50
const SHELLS = 10
/** With an editor: over the first version, and at least over three of the editor's. */
const RACE = { writers: 4, enough: 40, foreign: 4, limitMs: IS_FULL ? 60_000 : 6_000 }
const SECRET = 'sk-canary-parallel-0123456789'

export function describeParallelSaves(attack: () => AttackHost): void {
  const panel = (): PanelHost => attack().panel
  const hashOfFile = async () => (await panel().host.run(['sha256sum', ENV_FILE])).stdout.slice(0, 64)

  const saveShot = (name: string, headers: readonly (readonly [string, string])[], body: string): Shot => ({
    name,
    bytes: requestBytes({
      method: 'PUT',
      target: '/api/env',
      headers: [...pageHeaders(attack().session), ['Content-Type', 'application/json'], ...headers],
      body,
    }),
  })
  const codes = (outcomes: readonly Outcome[]) =>
    outcomes.map(({ status, body }) =>
      `${status} ${(JSON.parse(body) as { code?: string }).code ?? ''}`.trim(),
    )

  describe('saves at the same moment', () => {
    it(`${AT_ONCE} against one version: one wins, the others are told, and the file is the winner's`, async () => {
      await writeEnvFile(panel(), `# mine\nOPENAI_API_KEY=${SECRET}\n`)
      const etag = await readEtag(panel())
      const bodies = Array.from(
        { length: AT_ONCE },
        (_, index) => `# mine\nOPENAI_API_KEY=${SECRET}\nSAVE=${index}\n`,
      )
      const shots = bodies.map((body, index) =>
        saveShot(String(index), [['If-Match', `"${etag}"`]], JSON.stringify({ text: body })),
      )
      const outcomes = await attack().fire(shots, 'root', AT_ONCE)
      const won = outcomes.filter(({ status }) => status === 200)
      expect(codes(outcomes).sort()).toEqual(
        ['200', ...Array<string>(AT_ONCE - 1).fill('412 ENV_CHANGED')].sort(),
      )
      expect(await readEnvFile(panel())).toBe(bodies[Number(won[0]?.name)])
      expect((JSON.parse(won[0]?.body ?? '') as { etag: string }).etag).toBe(await hashOfFile())
      const late = outcomes.filter(({ status }) => status === 412)
      for (const { body } of late) {
        expect(body).toContain(ENV_FILE)
        expect(body).not.toContain(SECRET)
      }
      keepScore('saves: fifty against one version', AT_ONCE, late.length)
    })

    it('need the version they were made against, and take no other spelling of it', async () => {
      const etag = await readEtag(panel())
      const before = await hashOfFile()
      const body = JSON.stringify(setVariable('BLIND', '1'))
      const spoilt = [
        '*',
        '""',
        `"${etag.toUpperCase()}"`,
        `"${etag.slice(1)}"`,
        `"${etag}", "${etag}"`,
        '"absent"',
      ]
      const outcomes = await attack().fire([
        saveShot('none', [], body),
        ...spoilt.map((value) => saveShot(value, [['If-Match', value]], body)),
      ])
      expect(codes(outcomes)).toEqual(['428 PRECONDITION_REQUIRED', ...spoilt.map(() => '412 ENV_CHANGED')])
      expect(await hashOfFile()).toBe(before)
      keepScore('saves: without the version', outcomes.length, outcomes.length)
    })

    it('and an editor that renames its file over it: no save of the panel is lost', async () => {
      const { host } = panel()
      const initial = await hashOfFile()
      const editor = await host.spawn([...insideArgv('racing-editor.ts'), ENV_FILE, String(SEED)], {
        user: 'razroom',
      })
      const printed = text(editor.stdout)
      const tries = await runInside<SaveTry[]>(host, 'racing-saves.ts', RACE, { timeoutMs: 200_000 })
      editor.stdin.end()
      const edits = JSON.parse(await printed) as EditorSave[]
      const saves = tries.filter(({ saved }) => saved !== '')
      const others = tries.filter(({ status }) => status !== 200 && status !== 412)
      expect(others.map(({ what, status, body }) => `${what} ${status} ${body.slice(0, 300)}`)).toEqual([])
      const said = `seed ${SEED}: ${edits.length} edits, ${saves.length} saves of ${tries.length / 2} tries`
      expect(Math.min(edits.length, saves.length), said).toBeGreaterThan(2)
      // A version is displaced by the save that was made over it, and by that one only; but the last one by none.
      const displaced = [...edits.map((edit) => edit.displaced), ...saves.map(({ base }) => base)]
      const last = await hashOfFile()
      const isLost = (version: string) => version !== last && !displaced.includes(version)
      expect([initial, ...saves.map(({ saved }) => saved)].filter(isLost), said).toEqual([])
      // Node has no call that compares and renames at once; the gap is two system calls wide, and was a hundred times that.
      expect(edits.filter(({ saved }) => isLost(saved)).length, said).toBeLessThanOrEqual(1)
      keepScore('saves: an editor on the shell', saves.length, saves.length)
    })

    it(`of ${SHELLS} shells: what a command said to have set is there`, async () => {
      const set = (index: number) => panel().tryCli(['env', 'set', `SHELL_${index}=${index}`, '--json'])
      const results = await Promise.all(Array.from({ length: SHELLS }, (_, index) => set(index)))
      const text = await readEnvFile(panel())
      for (const [index, { exitCode, json }] of results.entries()) {
        const line = `SHELL_${index}=${index}\n`
        if (exitCode === 0) expect(text).toContain(line)
        else expect(json).toMatchObject({ code: 'ENV_CHANGED' })
        expect(text.split(line).length).toBe(exitCode === 0 ? 2 : 1)
      }
      const done = results.filter(({ exitCode }) => exitCode === 0).length
      expect(done).toBeGreaterThan(0)
      keepScore('saves: ten shells', SHELLS, SHELLS)
      const { body } = await callApi(panel(), 'GET /api/env')
      expect(
        (body as { entries: { key?: string }[] }).entries.filter(({ key }) => key?.startsWith('SHELL_')),
      ).toHaveLength(done)
    })
  })

  it('a save that was refused can be made again over what is there now', async () => {
    const old = await readEtag(panel())
    await writeEnvFile(panel(), 'THEIRS=1\n')
    expect(codeOf(await saveEnv(panel(), setVariable('MINE', '1'), old))).toBe('ENV_CHANGED')
    expect((await saveEnv(panel(), setVariable('MINE', '1'), await readEtag(panel()))).status).toBe(200)
    expect(await readEnvFile(panel())).toBe('THEIRS=1\nMINE=1\n')
  })
}
