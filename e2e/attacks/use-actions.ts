/** What several pages do with one panel at the same moment, each answer noted in the model. */
import { Value } from 'typebox/value'
import { CLOSE_CODES } from '../../contract/events.ts'
import { Status } from '../../contract/schemas.ts'
import type { TokenReveal } from '../../contract/token.ts'
import { callApi } from '../host/panel-api.ts'
import { invokeTool, loginLink } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { CONFIG_FILE, ENV_FILE } from '../journeys/gateway-container.ts'
import type { AttackHost, Session } from './attack-host.ts'
import { endOf } from './events-order.ts'
import type { EventsConnection, PageAnswer, Pages } from './pages.ts'
import { createModel, hashOf, type SaveTry, type UseModel, withComment, withVariable } from './use-model.ts'
import { type Action, PAGES, type Round } from './use-plan.ts'

const OPERATION_LIMIT_MS = 120_000
/** Sockets of a session that is logged out end within a second; where requests take long just then, within ten of these. */
const endsWithin = (answers: readonly PageAnswer[]): number =>
  Math.max(1_000, ...answers.map(({ sentAt, at }) => 10 * (at - sentAt)))

interface Page {
  session: Session | null
  /** The one before; whoever has it is nobody. */
  ended: Session | null
  connection: EventsConnection | null
}

interface Files {
  readonly env: string
  readonly config: string
}

/**
 * Logs the pages in, and another user, who is let in and out by turns.
 * @param pages of root; the watcher is one more of them, which never leaves
 * @param others of alice
 */
export async function beginUse(attack: AttackHost, pages: Pages, others: Pages, seed: number) {
  const { panel } = attack
  const readFile = async (path: string): Promise<string> => {
    const { stdout } = await panel.host.run(['base64', '--wrap=0', path])
    return Buffer.from(stdout, 'base64').toString('latin1')
  }
  const readFiles = async (): Promise<Files> => {
    const [env, config] = await Promise.all([readFile(ENV_FILE), readFile(CONFIG_FILE)])
    return { env, config }
  }
  const logIn = async (by: Pages): Promise<Session> => {
    const { code } = await loginLink(panel)
    const answer = await by.ask(null, 'POST /api/session', { code })
    if (answer.status !== 200) throw new Error(`the login was refused: ${answer.status} ${answer.body}`)
    return {
      cookie: answer.setCookie,
      csrfToken: (JSON.parse(answer.body) as { csrfToken: string }).csrfToken,
    }
  }

  const alice = (await panel.host.run(['id', '--user', 'alice'])).stdout
  await panel.cli('access', 'add', alice)
  const [mine, hers] = [await logIn(pages), await logIn(others)]
  const watcher = await pages.listen(mine)
  await waitUntil('the events begin', 20_000, () => watcher.events.length > 0)
  const model = createModel(watcher)
  let theirs = await others.listen(hers)
  const connections: EventsConnection[] = [watcher, theirs]
  const all: Page[] = Array.from({ length: PAGES }, () => ({ session: null, ended: null, connection: null }))
  const formerSessions: Session[] = []
  let counter = 0
  let isListed = true
  let refused = 0
  let stale = { env: '0'.repeat(64), config: '0'.repeat(64) }

  const connect = async (page: Page, session: Session, since?: string): Promise<void> => {
    page.connection = await pages.listen(session, since)
    connections.push(page.connection)
  }
  const expectStranger = async (
    session: Session | null,
    key: string,
    body?: unknown,
  ): Promise<PageAnswer> => {
    const answer = await pages.ask(session, key, body)
    refused += 1
    if (answer.status !== 401) model.faults.push(`${key} after the logout: ${answer.status} ${answer.body}`)
    return answer
  }

  async function enter(page: Page): Promise<void> {
    if (page.session) formerSessions.push(page.session)
    page.session = await logIn(pages)
    await connect(page, page.session)
  }

  async function logOut(page: Page, session: Session): Promise<void> {
    const answer = await pages.ask(session, 'DELETE /api/session')
    if (answer.status !== 204) model.faults.push(`logout: ${answer.status} ${answer.body}`)
    page.ended = session
    page.session = null
    const strangers = await Promise.all([
      expectStranger(session, 'GET /api/status'),
      expectStranger(session, 'PUT /api/env', { text: '' }),
      expectStranger(session, 'POST /api/gateway/stop'),
      expectStranger(session, 'POST /api/ws-ticket'),
    ])
    const { connection } = page
    if (!connection) return
    const closed = await waitUntil(
      'the socket of the logged-out page ends',
      20_000,
      () => connection.closed ?? false,
    )
    const tookMs = closed.at - answer.at
    if (closed.code !== CLOSE_CODES.sessionEnded || tookMs > endsWithin([answer, ...strangers]))
      model.faults.push(`the socket of a logged-out page: ${closed.code} after ${tookMs} ms`)
    page.connection = null
  }

  async function reconnect(page: Page, session: Session): Promise<void> {
    const { connection } = page
    if (!connection || connection.closed) return connect(page, session)
    await pages.leave(connection)
    const last = connection.events.at(-1)?.event.id ?? connection.since
    await connect(page, session, last ?? undefined)
  }

  /** @returns the save, for {@link UseModel.judgeSaves} */
  async function save(
    session: Session,
    number: number,
    action: Extract<Action, { what: 'save' }>,
    before: Files,
  ) {
    counter += 1
    const { file, isStale, asText } = action
    const value = `${seed}-${counter}`
    const text =
      file === 'env'
        ? withVariable(before.env, `PAGE_${number}`, value)
        : withComment(before.config, `${number} ${value}`)
    const edits = { edits: [{ op: 'set', key: `PAGE_${number}`, value }] }
    const body = file === 'env' && !asText ? edits : { text: Buffer.from(text, 'latin1').toString() }
    const etag = isStale ? stale[file] : hashOf(before[file])
    return { file, isStale, text, answer: await pages.ask(session, `PUT /api/${file}`, body, etag) }
  }

  async function act(
    page: Page,
    number: number,
    action: Action,
    before: Files,
    beganAt: number,
  ): Promise<(SaveTry & { file: 'env' | 'config' }) | null> {
    const { session } = page
    if (action.what === 'log in') await enter(page)
    else if (!session) await expectStranger(page.ended, 'GET /api/env')
    else if (action.what === 'log out') await logOut(page, session)
    else if (action.what === 'reconnect') await reconnect(page, session)
    else if (action.what === 'reveal')
      model.noteToken(await pages.ask(session, 'POST /api/token/reveal'), beganAt)
    else if (action.what === 'status') await readStatus(session)
    else if (action.what === 'save') return save(session, number, action, before)
    else if (action.what === 'operation') {
      const key = action.name === 'rotate' ? 'POST /api/token/rotate' : `POST /api/gateway/${action.name}`
      model.noteOperation(action.name, await pages.ask(session, key))
    } else {
      const id = model.accepted.at(-1)?.id ?? 'no-such-operation'
      model.noteCancel(id, await pages.ask(session, `DELETE /api/operations/${id}`))
    }
    return null
  }

  async function readStatus(session: Session): Promise<void> {
    const { status, body } = await pages.ask(session, 'GET /api/status')
    if (status !== 200 || !Value.Check(Status, JSON.parse(body)))
      model.faults.push(`status: ${status} ${body.slice(0, 300)}`)
  }

  /** Lets the other user in, or out again: that counts for the very next request. */
  async function changeAccess(): Promise<void> {
    isListed = !isListed
    await panel.cli('access', isListed ? 'add' : 'remove', alice)
    const { status, body } = await others.ask(hers, 'GET /api/status')
    if (status !== (isListed ? 200 : 403))
      model.faults.push(`the other user: ${status} ${body.slice(0, 300)}`)
    if (isListed) {
      theirs = await others.listen(hers, theirs.events.at(-1)?.event.id ?? theirs.since ?? undefined)
      connections.push(theirs)
      return
    }
    const { code } = await waitUntil(
      'the socket of a removed user ends',
      20_000,
      () => theirs.closed ?? false,
    )
    if (code !== CLOSE_CODES.sessionEnded) model.faults.push(`the socket of a removed user: ${code}`)
  }

  const settle = () =>
    waitUntil('every operation has ended', OPERATION_LIMIT_MS, () =>
      model.accepted.every(({ id }) => endOf(watcher, id) !== undefined),
    )

  /** With nothing under way: the gateway is as it was wanted, and takes the token that counts and no other. */
  async function look(): Promise<void> {
    await settle()
    const beganAt = watcher.events.at(-1)?.at ?? 0
    const wanted = model.wantedState()
    const { gateway } = (await callApi(panel, 'GET /api/status')).body as Status
    if (wanted !== null && gateway.state !== wanted)
      model.faults.push(`the gateway is ${gateway.state}, not ${wanted}`)
    const answer = await pages.ask(mine, 'POST /api/token/reveal')
    model.noteToken(answer, beganAt + 1)
    if (wanted !== 'running') return
    const { token } = JSON.parse(answer.body) as TokenReveal
    const taken = await invokeTool(panel.host, token)
    if (taken !== 200) model.faults.push(`the token that counts: ${taken}`)
    for (const former of model.formerTokens(token)) {
      const old = await invokeTool(panel.host, former)
      if (old !== 401) model.faults.push(`a former token: ${old}`)
    }
  }

  async function play({ actions, isLookedAt, changesAccess }: Round): Promise<void> {
    const before = await readFiles()
    const beganAt = (await pages.ask(mine, 'GET /healthz')).sentAt
    const [saved] = await Promise.all([
      Promise.all(
        all.map(async (page, number) => {
          const action = actions[number]
          return action ? act(page, number, action, before, beganAt) : null
        }),
      ),
      changesAccess ? changeAccess() : null,
    ])
    const now = await readFiles()
    for (const file of ['env', 'config'] as const) {
      const tries = saved.filter((one) => one?.file === file).filter((one) => one !== null)
      model.judgeSaves(file, before[file], now[file], tries, beganAt)
    }
    stale = {
      env: hashOf(before.env) === hashOf(now.env) ? stale.env : hashOf(before.env),
      config: hashOf(before.config) === hashOf(now.config) ? stale.config : hashOf(before.config),
    }
    if (isLookedAt) await look()
  }

  for (const page of all) await enter(page)
  return {
    watcher,
    play,
    refused: () => refused,
    async end(): Promise<{ model: UseModel; connections: EventsConnection[] }> {
      await settle()
      model.noteOperation('start', await pages.ask(mine, 'POST /api/gateway/start'))
      await look()
      model.judgeRefusals()
      for (const session of formerSessions) await readStatus(session)
      return { model, connections }
    },
  }
}
