import { describe, expect, it } from 'vitest'
import { ConflictError, HostError } from '../errors.ts'
import { HOST, request, useAuditDoors } from './test-audit-doors.ts'

const { world, open, page } = useAuditDoors()

describe('what is told', () => {
  it('is names of variables, and no value', async () => {
    const app = open('browser')
    const edits = [
      { op: 'set', key: 'OPENAI_API_KEY', value: 'canary-value' },
      { op: 'set', key: 'canary value in the wrong place', value: 'x' },
      { op: 'unset', key: 'OLD' },
      { op: 'remove', line: 3 },
      { op: 'mend', line: 4, finding: 'env.quotes' },
    ]
    world.answer = () => ({ etag: 'e' })
    await app.inject(page('PUT /api/env', { edits }))
    await app.inject(page('PUT /api/env', { text: 'A=canary-text\n' }))
    expect(world.notes).toMatchObject([
      {
        ...{ what: 'Save .env', outcome: 'done', file: 'env' },
        details: [
          { name: 'set', value: 'OPENAI_API_KEY, (no name)' },
          { name: 'unset', value: 'OLD' },
          { name: 'remove', value: 'line 3' },
          { name: 'mend', value: 'line 4 (env.quotes)' },
        ],
      },
      { details: [{ name: 'text', value: 'the whole file' }] },
    ])
    expect(JSON.stringify(world.notes)).not.toContain('canary')
  })

  it('is what was connected, and neither a key nor what may be one', async () => {
    const app = open('browser')
    world.answer = () => ({ operationId: 'op-1' })
    const provider = { id: 'canary', key: 'canary' }
    const etags = { env: 'e', config: 'c' }
    await app.inject(page('POST /api/connections', { provider, model: 'canary', etags, restart: true }))
    const details = [{ name: 'for', value: 'provider, model' }]
    expect(world.notes).toMatchObject([{ what: 'Connect a model or channels', details }])
    expect(JSON.stringify(world.notes)).not.toContain('canary')
  })

  it('is the image and the ports, and of build arguments the names', async () => {
    const app = open('browser')
    world.answer = () => ({ operationId: 'op-1' })
    const image = { kind: 'repo', path: '/src', buildArgs: { PASS: 'canary' } }
    await app.inject(page('POST /api/setup', { image, gatewayPort: 28789, mode: 'quadlet' }))
    await app.inject(page('POST /api/image/update', { image: { kind: 'registry', reference: 'reg/a:1' } }))
    expect(world.notes).toMatchObject([
      {
        ...{ outcome: 'started', operationId: 'op-1', kind: 'operation' },
        details: [
          { name: 'image', value: 'checkout /src with PASS' },
          { name: 'mode', value: 'quadlet' },
          { name: 'gatewayPort', value: '28789' },
        ],
      },
      { details: [{ name: 'image', value: 'reg/a:1' }] },
    ])
    expect(JSON.stringify(world.notes)).not.toContain('canary')
  })

  it('is never a token or a password', async () => {
    const app = open('browser')
    world.answer = () => ({ operationId: 'op-1' })
    await app.inject(page('POST /api/token/rotate', { token: 'canary' }))
    await app.inject(page('POST /api/registry-logins', { registry: 'r', username: 'u', password: 'canary' }))
    expect(world.notes.map(({ what }) => what)).toEqual([
      'Replace the token by one’s own',
      'Log in to a registry',
    ])
    expect(world.notes[1]?.details.at(-1)).toEqual({ name: 'also given', value: 'password' })
    expect(JSON.stringify(world.notes)).not.toContain('canary')
  })

  it('is nothing of what the contract does not have', async () => {
    const app = open('browser')
    await app.inject(
      page('POST /api/registry-logins', { registry: 'robot:canary@r', username: 'u', password: 'p' }),
    )
    await app.inject(page('POST /api/devices/:id/approve', { canary: 1 }))
    expect(world.notes).toMatchObject([
      { outcome: 'refused', code: 'REQUEST_INVALID', details: [] },
      { outcome: 'refused', code: 'REQUEST_INVALID', details: [] },
    ])
  })

  it.each([
    [new ConflictError('OPERATION_RUNNING'), { outcome: 'refused', code: 'OPERATION_RUNNING' }],
    [new HostError('DISK_FULL'), { outcome: 'failed', code: 'DISK_FULL' }],
    [new Error('canary'), { outcome: 'failed', code: 'INTERNAL' }],
  ])('is why it was not done: %s', async (error, wanted) => {
    const app = open('browser')
    world.answer = () => {
      throw error
    }
    await app.inject(page('POST /api/gateway/stop'))
    expect(world.notes).toMatchObject([{ what: 'Stop the gateway', ...wanted }])
    expect(JSON.stringify(world.notes)).not.toContain('canary')
  })

  it('is who may open the page, as a thing of its own', async () => {
    const app = open('browser')
    world.answer = () => ({})
    await app.inject(page('PUT /api/settings', { adminUids: [1000, 1001] }))
    await app.inject(page('PUT /api/settings', { adminUids: [], gatewayPort: 28789 }))
    const backupSchedule = { every: 'daily', keep: 7, includeWorkspace: true }
    await app.inject(page('PUT /api/settings', { backupSchedule }))
    expect(world.notes).toMatchObject([
      {
        what: 'Say who may open the page',
        kind: 'access',
        details: [{ name: 'adminUids', value: '1000, 1001' }],
      },
      { what: 'Change settings', kind: 'change', details: [{ value: 'none' }, { value: '28789' }] },
      { details: [{ value: 'daily, the newest 7 kept, with the workspace' }] },
    ])
  })

  it('is what the token was wanted for', async () => {
    const app = open('browser')
    world.answer = () => ({})
    for (const purpose of ['', '?purpose=copy', '?purpose=open']) {
      const options = page('POST /api/token/reveal')
      await app.inject({ ...options, url: `/api/token/reveal${purpose}` })
    }
    expect(world.notes.map(({ what }) => what)).toEqual([
      'Show the token',
      'Copy the token',
      'Open the gateway with its token',
    ])
  })

  it('is who called sudo, as a command says', async () => {
    const app = open('control')
    const said = (uid: string) =>
      request('POST /api/gateway/stop', { headers: { 'x-razroom-sudo-uid': uid } })
    for (const uid of ['1000', 'alice', '99999999999']) await app.inject(said(uid))
    expect(world.notes.map(({ who }) => who.saidUid)).toEqual([1000, undefined, undefined])
    const browser = open('browser')
    await browser.inject({
      ...page('POST /api/gateway/stop'),
      headers: { ...world.headers, host: HOST, 'x-razroom-sudo-uid': '0' },
    })
    expect(world.notes.at(-1)?.who).toEqual({ by: 'page', uid: 1000, session: world.session })
  })

  it('is there before the answer is', async () => {
    const app = open('browser')
    const order: string[] = []
    const { note } = world.port
    world.port.note = async (told) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      order.push('entry')
      return note(told)
    }
    await app.inject(page('POST /api/token/reveal'))
    order.push('answer')
    world.port.note = note
    expect(order).toEqual(['entry', 'answer'])
  })
})
