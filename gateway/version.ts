/**
 * The version whose outside this program keeps (docs/facts/razroom-gateway.md was measured on it), with a
 * pre-release tag so that nobody takes it for the real one.
 */
export const GATEWAY_VERSION = '2026.2.17-bundled'

/** What people are told wherever this program shows itself: page, log, wizard, CLI. */
export const BUNDLED_NOTICE = [
  'This is the bundled gateway of razroom-panel, not Razroom itself.',
  "It keeps Razroom's operational contract (start, token, pairing, logs, wizard)",
  'and runs no agents, channels or plugins.',
] as const

/** How to move on from the bundled gateway; one sentence, for page and CLI. */
export const MOVE_TO_REAL_GATEWAY =
  'To move to the real gateway, choose an image source in the panel (Settings > Image) or run ' +
  '`razroom-panel setup --repo DIR` with a Razroom checkout; configuration, token and workspace stay.'
