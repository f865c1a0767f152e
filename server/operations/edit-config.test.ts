import { beforeEach, describe, expect, it } from 'vitest'
import { MASK } from '../domain/mask.ts'
import { checkConfigText, readConfigDocument, revealConfig, saveConfig } from './edit-config.ts'
import { type FileWorld, makeFileWorld, PATHS } from './test-file-world.ts'

const { envFile, configFile } = PATHS
const STRONG = '0123456789abcdef'.repeat(2)
const GOOD = '{ gateway: { mode: "local" } } // mine\n'
const BY = { by: 'page' } as const
let world: FileWorld
beforeEach(() => {
  world = makeFileWorld()
  world.put(envFile, `RAZROOM_GATEWAY_TOKEN=${STRONG}\n`)
})
const save = (change: Parameters<typeof saveConfig>[1], etag: string | undefined = world.etag(configFile)) =>
  saveConfig(world.host, change, etag, BY)

describe('readConfigDocument', () => {
  it('shows the text without its secrets, and what is wrong with it', async () => {
    world.put(configFile, '{ gateway: { mode: "local", auth: { token: "canary" } } }')
    const document = await readConfigDocument(world.host)
    expect(document).toMatchObject({
      path: configFile,
      exists: true,
      isUtf8: true,
      etag: world.etag(configFile),
      text: `{ gateway: { mode: "local", auth: { token: "${MASK}" } } }`,
    })
    expect(document.findings.map(({ id }) => id)).toEqual(['config.token-weak', 'config.token-differs'])
    expect(JSON.stringify(document)).not.toContain('canary')
  })

  it('shows what is no text, and that there is no file', async () => {
    expect(await readConfigDocument(world.host)).toMatchObject({ exists: false, etag: 'absent', text: '' })
    world.put(configFile, Uint8Array.of(0xff))
    expect(await readConfigDocument(world.host)).toMatchObject({ isUtf8: false, text: '' })
    await expect(revealConfig(world.host)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it('can be read when .env cannot', async () => {
    world.put(configFile, GOOD)
    world.refuse(envFile)
    expect((await readConfigDocument(world.host)).findings).toEqual([])
  })
})

describe('revealConfig', () => {
  it('gives the text as it is', async () => {
    world.put(configFile, `\ufeff${GOOD}`)
    expect(await revealConfig(world.host)).toEqual({ text: `\ufeff${GOOD}`, etag: world.etag(configFile) })
  })
})

describe('checkConfigText', () => {
  it('judges a text as the file of this gateway', async () => {
    expect(await checkConfigText(world.host, GOOD)).toEqual({ verdict: 'clean', findings: [] })
    world.put(envFile, null)
    expect((await checkConfigText(world.host, GOOD)).verdict).toBe('fatal')
  })
})

describe('saveConfig', () => {
  it('saves a text byte for byte, and keeps the versions', async () => {
    world.put(configFile, '{')
    const text = `\ufeff${GOOD.replace('\n', '\r\n')}`
    expect(await save({ text })).toEqual({ etag: world.etag(configFile), changed: true })
    expect(await revealConfig(world.host)).toMatchObject({ text })
    expect(world.history(configFile)).toHaveLength(2)
    expect(await save({ text })).toMatchObject({ changed: false })
  })

  it('wants to know what it replaces', async () => {
    await expect(saveConfig(world.host, { text: GOOD }, undefined, BY)).rejects.toMatchObject({
      code: 'PRECONDITION_REQUIRED',
    })
    await expect(save({ text: GOOD }, 'x')).rejects.toMatchObject({ code: 'CONFIG_CHANGED' })
  })

  it('of two at once one is saved, the other hears of it', async () => {
    const results = await Promise.allSettled([save({ text: GOOD }), save({ text: `${GOOD}\n` })])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(results[1]).toMatchObject({ reason: { code: 'CONFIG_CHANGED' } })
  })

  it('refuses what is not JSON5, even anyway, and says where', async () => {
    await expect(save({ text: '{\n  a: b\n}', anyway: true })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      fields: [{ path: '2:6', message: expect.stringContaining('invalid character') }],
    })
    expect(world.text(configFile)).toBeNull()
  })

  it('refuses what would not start, unless it is wanted', async () => {
    await expect(save({ text: '{}' })).rejects.toMatchObject({
      code: 'CONFIG_WOULD_NOT_START',
      fields: [{ path: '1:1', message: expect.stringContaining('gateway.mode') }],
    })
    await save({ text: '{}', anyway: true })
    expect(world.text(configFile)).toBe('{}')
  })

  it('takes no mask for a secret', async () => {
    const text = `{ gateway: { mode: "local",\n auth: { token: "${MASK}" } } }`
    await expect(save({ text, anyway: true })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      fields: [{ path: 'lines.2' }],
    })
  })

  it('mends one finding and leaves the others', async () => {
    world.put(configFile, '{ /* mine */ gateway: { auth: { token: 5 } } }')
    await save({ mend: 'config.mode' })
    expect(world.text(configFile)).toBe('{ /* mine */ gateway: { auth: { token: 5 }, "mode": "local" } }')
    await expect(save({ mend: 'config.mode' })).rejects.toMatchObject({ code: 'ENV_FINDING_GONE' })
  })

  it('writes the file where there is none', async () => {
    await save({ mend: 'config.missing' })
    expect(world.text(configFile)).toContain('"local"')
  })
})
