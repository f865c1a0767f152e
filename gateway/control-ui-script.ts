import { GATEWAY_VERSION } from './version.ts'

/**
 * The program of the Control UI page.
 *
 * It takes the token from `#token=` (never sent to the server) or `?token=`, keeps it in this origin's storage and
 * strips it from the address; then it connects, proves its device key, and shows how that went. All text goes in
 * as text nodes. Its hash is in the page's content security policy.
 */
export const controlUiScript = `
(() => {
  'use strict'
  const PROTOCOL = 3
  const CLIENT = { id: 'razroom-control-ui', mode: 'webchat', version: '${GATEWAY_VERSION}' }
  const SCOPES = ['operator.admin', 'operator.pairing']
  const byId = (id) => document.getElementById(id)

  const memory = new Map()
  const store = {
    get(key) {
      try { return localStorage.getItem(key) ?? memory.get(key) ?? null } catch { return memory.get(key) ?? null }
    },
    set(key, value) {
      memory.set(key, value)
      try { localStorage.setItem(key, value) } catch { /* storage is off: kept until the page is closed */ }
    },
  }
  const TOKEN_KEY = 'razroom.bundled.token'
  const DEVICE_KEY = 'razroom.bundled.device'

  function takeTokenFromAddress() {
    const pattern = /(^|[?#&])token=([^&#]*)/
    const found = pattern.exec(location.hash) ?? pattern.exec(location.search)
    if (!found) return false
    let token = found[2]
    try { token = decodeURIComponent(token) } catch { /* not encoded: taken as it is */ }
    if (token) store.set(TOKEN_KEY, token)
    const strip = (part) => {
      const rest = part.slice(1).split('&').filter((pair) => pair && !pair.startsWith('token='))
      return rest.length > 0 ? part[0] + rest.join('&') : ''
    }
    history.replaceState(null, '', location.pathname + strip(location.search) + strip(location.hash))
    return Boolean(token)
  }

  const base64url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

  async function loadDevice() {
    const kept = store.get(DEVICE_KEY)
    const jwk = kept ? JSON.parse(kept) : await makeDevice()
    const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', true, ['sign'])
    const raw = Uint8Array.from(atob(jwk.x.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    return { key, publicKey: jwk.x, id: hex(await crypto.subtle.digest('SHA-256', raw)) }
  }

  async function makeDevice() {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
    const { kty, crv, x, d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
    store.set(DEVICE_KEY, JSON.stringify({ kty, crv, x, d }))
    return { kty, crv, x, d }
  }

  async function proveDevice(nonce, token) {
    const device = await loadDevice()
    const signedAt = Date.now()
    const text = ['v2', device.id, CLIENT.id, CLIENT.mode, 'operator', SCOPES.join(','), signedAt, token, nonce]
    const bytes = new TextEncoder().encode(text.join('|'))
    const signature = base64url(await crypto.subtle.sign('Ed25519', device.key, bytes))
    return { id: device.id, publicKey: device.publicKey, signature, signedAt, nonce }
  }

  function show(title, detail, tone, options = {}) {
    if (byId('state').textContent !== title) byId('state').textContent = title
    byId('state').dataset.tone = tone
    // Text that stays is left alone: a person may be about to copy a command from it.
    if (byId('detail').textContent !== detail) byId('detail').textContent = detail
    byId('facts').hidden = !options.facts
    byId('form').hidden = !options.form
  }

  function showStatus(status) {
    show('Connected', '', 'good', { facts: true })
    const seconds = Math.round(status.uptimeMs / 1000)
    const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]
    let rest = seconds
    const spans = parts.map(([size, unit]) => {
      const count = Math.floor(rest / size)
      rest %= size
      return count > 0 ? count + ' ' + unit : ''
    })
    byId('version').textContent = status.version
    byId('uptime').textContent = (spans.filter(Boolean).slice(0, 2).join(' ') || '0 s') + ', since ' +
      new Date(status.startedAt).toLocaleString()
    byId('bind').textContent = status.gateway.bind + ', port ' + status.gateway.port
    byId('source').textContent = { config: 'razroom.json', env: 'environment (.env)', flag: 'command line' }[
      status.gateway.auth.source] ?? status.gateway.auth.source
    byId('clients').textContent = String(status.connections)
  }

  let socket
  let retryTimer
  let attempt = 0

  function connect() {
    clearTimeout(retryTimer)
    if (socket) {
      socket.onclose = null
      socket.close()
    }
    const token = store.get(TOKEN_KEY)
    if (!token) {
      show('Token needed', 'Open the link that the panel makes, or paste the token of the gateway.', '', { form: true })
      return
    }
    const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://'
    const current = new WebSocket(scheme + location.host + '/')
    let refusal
    let poll
    socket = current
    current.onmessage = (message) => {
      const frame = JSON.parse(message.data)
      if (frame.event === 'connect.challenge') {
        answerChallenge(current, frame.payload.nonce, token).catch((error) => {
          current.onclose = null
          current.close()
          const insecure = 'This page was not opened over https or from localhost, so the browser has no keys for it.'
          show('This browser cannot connect', window.isSecureContext ? String(error) : insecure, 'bad')
        })
      } else if (frame.id === 'connect') {
        if (!frame.ok) { refusal = frame.error; return }
        attempt = 0
        const ask = () => current.send(JSON.stringify({ type: 'req', id: 'status', method: 'status', params: {} }))
        poll = setInterval(ask, 5000)
        ask()
      } else if (frame.id === 'status' && frame.ok) {
        showStatus(frame.payload)
      }
    }
    current.onclose = (event) => {
      clearInterval(poll)
      explainClose(event.code, refusal?.message ?? event.reason, refusal)
    }
  }

  async function answerChallenge(current, nonce, token) {
    const device = await proveDevice(nonce, token)
    const params = {
      minProtocol: PROTOCOL, maxProtocol: PROTOCOL, role: 'operator', scopes: SCOPES,
      client: { ...CLIENT, platform: navigator.platform || 'web' },
      auth: { token, password: token }, device,
    }
    current.send(JSON.stringify({ type: 'req', id: 'connect', method: 'connect', params }))
  }

  function approvalCommand(id) {
    const devices = 'cd / && sudo -u razroom podman exec razroom node dist/index.js devices '
    return devices + (id && /^[\\w-]+$/.test(id) ? 'approve ' + id : 'list')
  }

  function explainClose(code, reason, refusal) {
    if (reason.startsWith('pairing required')) {
      const id = refusal?.details?.requestId
      show('Waiting for approval', 'pairing required: this browser is new to the gateway. Approve it once, on the' +
        ' overview of razroom-panel, or on the machine that the gateway runs on:\\n\\n' + approvalCommand(id) +
        '\\n\\nThis page goes on by itself then. The command is for the usual names, user and container razroom; as root' +
        ' without sudo it begins with runuser -u razroom -- env -u XDG_RUNTIME_DIR podman.', '')
      retryTimer = setTimeout(connect, 2000)
    } else if (reason.startsWith('unauthorized')) {
      show('Not authorized', reason, 'bad', { form: true })
    } else if (code === 1008 || code === 1002) {
      show('Refused by the gateway', reason || 'code ' + code, 'bad')
    } else {
      attempt += 1
      const waitMs = Math.min(15000, 500 * 2 ** Math.min(attempt, 5))
      show('Not connected', 'The gateway is not reachable (code ' + code + '). Trying again.', 'bad')
      retryTimer = setTimeout(connect, waitMs)
    }
  }

  byId('form').addEventListener('submit', (event) => {
    event.preventDefault()
    store.set(TOKEN_KEY, byId('token').value.trim())
    byId('token').value = ''
    connect()
  })
  window.addEventListener('hashchange', () => { if (takeTokenFromAddress()) connect() })
  takeTokenFromAddress()
  connect()
})()
`
