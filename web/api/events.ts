/** The one stream that feeds the page: first load, reconnect and reload are the same path. */
import { batch, effect } from '@preact/signals'
import type { EventsHello, PanelEvent } from '../../contract/events.ts'
import { auditFilter, auditLatest } from '../state/audit.ts'
import { configDocument, configLatestEtag } from '../state/config.ts'
import { connection } from '../state/connection.ts'
import { envDocument, envLatestEtag } from '../state/env.ts'
import { insight } from '../state/insight.ts'
import { forgetReports } from '../state/operation-report.ts'
import { applyToOperations, operations } from '../state/operations.ts'
import { forgetRemotes } from '../state/remote.ts'
import { session } from '../state/session.ts'
import { setStatus, status, usage } from '../state/status.ts'
import { terminalState } from '../state/terminal.ts'
import { token } from '../state/token.ts'
import { forgetVersions } from '../state/versions.ts'
import { loadDevices } from './devices.ts'
import { loadInsight } from './insight.ts'
import { openSocket, type PanelSocket } from './socket.ts'
import { loadTerminalState } from './terminal-state.ts'

let socket: PanelSocket | null = null
let lastEventId: string | undefined

/** Writes an event into the state. */
export function applyEvent(event: PanelEvent, time: number): void {
  lastEventId = event.id
  batch(() => {
    operations.value = applyToOperations(operations.value, event)
    if (event.type === 'snapshot' || event.type === 'status.changed') setStatus(event.status, time)
    if (event.type === 'env.changed') envLatestEtag.value = event.etag
    if (event.type === 'config.changed') configLatestEtag.value = event.etag
    if (event.type === 'audit.added') auditLatest.value = event.seq
  })
}

/** Where a new connection resumes: behind the last event, or with a snapshot. */
export function eventsHello(ticket: string): EventsHello {
  return lastEventId === undefined ? { type: 'hello', ticket } : { type: 'hello', ticket, since: lastEventId }
}

/** Tries to reach the panel now. */
export function reconnectNow(): void {
  socket?.retry()
}

function connect(): PanelSocket {
  return openSocket({
    path: '/api/events',
    hello: eventsHello,
    onFrame: (frame) => {
      const event = frame as PanelEvent
      applyEvent(event, Date.now())
      // The list itself is part of neither.
      if (event.type === 'snapshot' || event.type === 'devices.changed') void loadDevices()
      // These only where a page has asked for them before.
      const isSnapshot = event.type === 'snapshot'
      if ((isSnapshot || event.type === 'insight.changed') && insight.value.kind !== 'loading')
        void loadInsight()
      if ((isSnapshot || event.type === 'terminal.changed') && terminalState.value.kind !== 'loading')
        void loadTerminalState()
    },
    onState: (state) => {
      // A reconnect keeps the calm banner in place instead of flickering between the two.
      if (state.kind === 'connecting' && connection.value.kind === 'waiting') return
      if (connection.value.kind !== state.kind || state.kind === 'waiting') connection.value = state
    },
  })
}

/** Nothing of a session stays in the page after its end. */
function forget(): void {
  lastEventId = undefined
  batch(() => {
    status.value = null
    usage.value = []
    operations.value = []
    envDocument.value = null
    envLatestEtag.value = null
    configDocument.value = null
    configLatestEtag.value = null
    token.value = { kind: 'loading' }
    connection.value = { kind: 'connecting' }
    auditFilter.value = { kind: null, outcome: null }
    auditLatest.value = 0
    forgetRemotes()
    forgetVersions()
    forgetReports()
  })
}

/** Opens the stream whenever there is a session and closes it when there is none. @returns a function that stops */
export function followSession(): () => void {
  return effect(() => {
    const isIn = session.value.kind === 'in'
    if (isIn && !socket) socket = connect()
    if (!isIn && socket) {
      socket.close()
      socket = null
      forget()
    }
  })
}
