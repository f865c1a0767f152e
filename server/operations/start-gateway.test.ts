import { describe, expect, it } from 'vitest'
import type { UserFile } from '../host/host.ts'
import { hostOf, makeWorld, perform } from './image-switch-world.ts'
import { restartGateway, startGateway } from './start-gateway.ts'

const ENV = '/home/razroom/.razroom/.env'
const CONFIG = '/home/razroom/.razroom/razroom.json'

/** A gateway that was set up, with these files. */
function hostWith(files: Map<string, string>) {
  const encoder = new TextEncoder()
  return Object.assign(hostOf(makeWorld({ kind: 'bundled' })), {
    readUserFile: async (_user: unknown, path: string): Promise<UserFile | null> => {
      const text = files.get(path)
      return text === undefined ? null : ({ bytes: encoder.encode(text), etag: 'now' } as UserFile)
    },
    writeUserFile: async (_user: unknown, file: { path: string; bytes: Uint8Array }) => {
      files.set(file.path, new TextDecoder().decode(file.bytes))
      return { etag: 'then' }
    },
  })
}

describe.each([
  ['a start', startGateway],
  ['a restart', restartGateway],
])('%s', (_what, plan) => {
  it('makes a token and a configuration where somebody removed them', async () => {
    const files = new Map<string, string>()
    expect(await perform(plan(hostWith(files)))).toBeNull()
    expect(files.get(ENV)).toMatch(/^RAZROOM_GATEWAY_TOKEN=[0-9a-f]{64}\n$/)
    expect(JSON.parse(files.get(CONFIG) ?? '')).toEqual({ gateway: { mode: 'local' } })
  })

  it('leaves both as they are, also a configuration that the gateway will refuse', async () => {
    const before = {
      [ENV]: 'RAZROOM_GATEWAY_TOKEN=mine\n# kept\n',
      [CONFIG]: '{ gateway: { mode: "remote" } }',
    }
    const files = new Map(Object.entries(before))
    expect(await perform(plan(hostWith(files)))).toBeNull()
    expect(files.get(ENV)).toBe(before[ENV])
    expect(files.get(CONFIG)).toBe(before[CONFIG])
  })
})
