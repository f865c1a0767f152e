import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigDocument } from '../../contract/config.ts'
import type { EnvDocument } from '../../contract/env.ts'
import type { Operation, Problem } from '../../contract/schemas.ts'
import type { FileVersion, VersionDifference } from '../../contract/versions.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import { type PanelHost, readStatus, readToken, setUpBundled, startPanel } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { CONFIG_FILE, ENV_FILE, overwrite, readEnvFile, writeEnvFile } from './gateway-container.ts'

/** A razroom.json as a person writes it: comments, single quotes, trailing commas. */
const OWN_CONFIG = `// mine
{
  gateway: {
    mode: 'local', // so that it starts
    auth: { token: 'config-token-0123456789abcdef' }, /* mine too */
  },
}
`
const NOTICE_LIMIT_MS = 60_000

/** The gateway's two files under many hands; the \`it\`s tell one story and need each other. */
describe('versions of .env and razroom.json', () => {
  let host: TestHost
  let panel: PanelHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await setUpBundled(panel)
  })
  afterAll(() => host?.destroy())

  async function read<T>(key: string): Promise<T> {
    const { status, body } = await callApi(panel, key)
    if (status !== 200) throw new Error(`${key}: ${status} ${JSON.stringify(body)}`)
    return body as T
  }
  const versions = (file: 'env' | 'config') => read<FileVersion[]>(`GET /api/${file}/versions`)
  const newest = async (file: 'env' | 'config') => (await versions(file))[0]
  const seeNewest = (file: 'env' | 'config', by: FileVersion['by']) =>
    waitUntil(`a version of ${file} by ${by}`, NOTICE_LIMIT_MS, async () => {
      const found = await newest(file)
      return found?.by === by && found.isCurrent && found
    })
  /** Writes razroom.json as its user's editor would. */
  const writeConfig = (text: string) => overwrite(panel, CONFIG_FILE, text)
  const readConfig = async () => (await host.run(['cat', CONFIG_FILE])).stdout
  const goBack = async (file: 'env' | 'config', id: string) => {
    const { etag } = await read<EnvDocument | ConfigDocument>(`GET /api/${file}`)
    return callApi(panel, `POST /api/${file}/versions/${id}/restore`, undefined, { 'If-Match': `"${etag}"` })
  }

  it('begin with what setup wrote, proven by the gateway that answered', async () => {
    for (const file of ['env', 'config'] as const) {
      const first = await waitUntil('the version is proven', NOTICE_LIMIT_MS, async () => {
        const found = await newest(file)
        return found?.provenAt !== undefined && found
      })
      expect(first).toMatchObject({ by: 'cli', reason: 'setup', isCurrent: true })
    }
  })

  it('tell the page, the command line and an editor apart', async () => {
    await panel.cli('env', 'set', 'BY_CLI=1')
    expect(await newest('env')).toMatchObject({ by: 'cli', added: 1, removed: 0, isCurrent: true })
    await writeEnvFile(panel, `${await readEnvFile(panel)}OPENAI_API_KEY=sk-by-an-editor-0123456789\n`)
    const { id } = await seeNewest('env', 'outside')
    const { difference } = await read<VersionDifference>(`GET /api/env/versions/${id}`)
    const added = difference.filter(({ sign }) => sign === '+').map(({ text }) => text)
    expect(added).toHaveLength(1)
    expect(added[0]).toMatch(/^OPENAI_API_KEY=/)
    expect(added[0]).not.toContain('editor')
  })

  it('lead back, and forth again', async () => {
    const [latest, , before] = await versions('env')
    const file = await readEnvFile(panel)
    expect(await goBack('env', before?.id ?? '')).toMatchObject({ status: 200 })
    expect(await readEnvFile(panel)).not.toContain('BY_CLI')
    expect(await goBack('env', latest?.id ?? '')).toMatchObject({ status: 200 })
    expect(await readEnvFile(panel)).toBe(file)
    expect((await goBack('env', '1-00000000')).status).toBe(404)
  })

  it('hold no secret in what is shown, and lie where only root reads', async () => {
    const token = await readToken(panel)
    const shown = JSON.stringify([await read('GET /api/env'), await read('GET /api/config')])
    expect(shown).not.toContain(token)
    const { stdout } = await host.run(['sh', '-c', 'cat /var/lib/razroom-panel/versions/*/* | grep -c .'], {
      user: 'nobody',
      reject: false,
    })
    expect(Number(stdout)).toBe(0)
  })

  it('save razroom.json with its comments, and refuse what is none, with the place', async () => {
    const { etag } = await read<ConfigDocument>('GET /api/config')
    const put = (body: unknown, version: string) =>
      callApi(panel, 'PUT /api/config', body, { 'If-Match': `"${version}"` })
    const broken = await put({ text: '{\n  gateway: { mode: "local" ]\n}\n' }, etag)
    expect(broken.status).toBe(409)
    expect((broken.body as Problem).detail).toContain('2:')
    expect((await put({ text: '{ gateway: {} }\n' }, etag)).body).toMatchObject({
      code: 'CONFIG_WOULD_NOT_START',
    })
    expect((await callApi(panel, 'PUT /api/config', { text: OWN_CONFIG })).status).toBe(428)
    expect(await put({ text: OWN_CONFIG }, etag)).toMatchObject({ status: 200 })
    expect(await readConfig()).toBe(OWN_CONFIG.trimEnd())
    expect((await put({ text: OWN_CONFIG }, etag)).body).toMatchObject({ code: 'CONFIG_CHANGED' })
  })

  it('bring a gateway back that a broken razroom.json keeps from starting', async () => {
    await panel.cli<Operation>('restart')
    const proven = await waitUntil('the version is proven', NOTICE_LIMIT_MS, async () => {
      const found = await newest('config')
      return found?.provenAt !== undefined && found
    })
    const good = await readConfig()
    await panel.cli<Operation>('stop')
    await writeConfig(good.replace(/,\n\}$/, ''))
    await seeNewest('config', 'outside')
    const { exitCode } = await panel.tryCli(['launch', '--json'])
    expect(exitCode).not.toBe(0)
    const offered = await waitUntil('the offer to go back', NOTICE_LIMIT_MS, async () => {
      const { goBack: offers, gateway } = await readStatus(panel)
      return gateway.state === 'failed' && offers.find(({ file }) => file === 'config')
    })
    expect(offered).toMatchObject({ versionId: proven.id, path: CONFIG_FILE })
    expect(await goBack('config', offered.versionId)).toMatchObject({ status: 200 })
    expect(await readConfig()).toBe(good)
    await panel.cli<Operation>('launch')
    expect(await readStatus(panel)).toMatchObject({
      gateway: { state: 'running', healthy: true },
      goBack: [],
    })
  })

  it('stay through a restart of the daemon, and notice what was written meanwhile', async () => {
    const before = await versions('env')
    await panel.stop()
    await host.run(['sh', '-c', `echo WHILE_AWAY=1 >> ${ENV_FILE}`], { user: 'razroom' })
    await panel.start()
    await seeNewest('env', 'outside')
    expect((await versions('env')).slice(1).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })
})
