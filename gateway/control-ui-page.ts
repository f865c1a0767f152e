import { createHash } from 'node:crypto'
import { controlUiScript } from './control-ui-script.ts'
import { controlUiStyle } from './control-ui-style.ts'
import { BUNDLED_NOTICE, MOVE_TO_REAL_GATEWAY } from './version.ts'

/**
 * The Control UI: one page without further files, so that it can live inside the program. It shows that this is
 * the bundled gateway, takes the token and shows whether it is connected.
 */
export const controlUiHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Razroom gateway (bundled)</title>
<style>${controlUiStyle}</style>
</head>
<body>
<main>
<h1>Razroom gateway <span class="tag">bundled</span></h1>
<section aria-labelledby="state">
<h2 id="state" role="status">Connecting</h2>
<p id="detail"></p>
<dl id="facts" hidden>
<dt>Version</dt><dd id="version"></dd>
<dt>Uptime</dt><dd id="uptime"></dd>
<dt>Bind</dt><dd id="bind"></dd>
<dt>Token from</dt><dd id="source"></dd>
<dt>Clients</dt><dd id="clients"></dd>
</dl>
<form id="form" hidden>
<label for="token">Gateway token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" required>
<button type="submit">Connect</button>
</form>
</section>
<section class="note" aria-label="About this gateway">
<p>${escapeHtml(BUNDLED_NOTICE.join(' '))}</p>
<p>${escapeHtml(MOVE_TO_REAL_GATEWAY)}</p>
</section>
<noscript><p>This page needs JavaScript to connect to the gateway.</p></noscript>
</main>
<script>${controlUiScript}</script>
</body>
</html>
`

const scriptHash = sha256(controlUiScript)
const styleHash = sha256(controlUiStyle)

/**
 * The headers of the page: it refuses to be framed, as the real one does, and may run its own script alone.
 * @param host the Host header; older browsers don't count a WebSocket to the page's own host as 'self', so the
 *   host is named when it is a plain host and port
 */
export function controlUiHeaders(host: string | undefined): Record<string, string> {
  const sockets =
    host && /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(host) ? ` ws://${host} wss://${host}` : ''
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy':
      `default-src 'none'; script-src '${scriptHash}'; style-src '${styleHash}'; connect-src 'self'${sockets}; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  }
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
