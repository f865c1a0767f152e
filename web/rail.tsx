import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { toProblem } from './api/problem.ts'
import { logOut } from './api/session.ts'
import { pendingDevices } from './state/devices.ts'
import { status } from './state/status.ts'
import { theme, turnTheme } from './theme.ts'
import { Button } from './ui/button.tsx'
import { countOf } from './ui/format.ts'
import { Icon, type IconName } from './ui/icons.tsx'
import { stateWords } from './ui/state-words.ts'

interface PageLink {
  readonly path: string
  readonly text: string
  /** Where the bar of a phone has no room for the text. */
  readonly short?: string
  readonly icon: IconName
  /** The bar of a phone has no room for it; it is reached from the settings there. */
  readonly isWide?: true
}

const LINKS: readonly PageLink[] = [
  { path: '/', text: 'Overview', icon: 'overview' },
  { path: '/logs', text: 'Logs', icon: 'logs' },
  { path: '/environment', text: 'Environment', short: 'Env', icon: 'environment' },
  { path: '/configuration', text: 'Configuration', short: 'Config', icon: 'configuration' },
  { path: '/terminal', text: 'Terminal', short: 'Term', icon: 'terminal' },
  { path: '/doctor', text: 'Doctor', icon: 'doctor' },
  { path: '/history', text: 'History', icon: 'history', isWide: true },
  { path: '/setup', text: 'Setup', icon: 'setup' },
  { path: '/settings', text: 'Settings', icon: 'settings' },
]

const THEME_WORDS = { system: 'system', light: 'light', dark: 'dark' } as const

/** Describes the link to the overview while browsers wait there. */
const WAITING_ID = 'rail-waiting'

/** Name, state and ways through the panel: a rail at the left, a bar at the bottom on phones. */
export function Rail({ path }: { path: string }): JSX.Element {
  const waiting = pendingDevices.value.length
  return (
    <header class="rail">
      <Brand />
      <RailState />
      <nav aria-label="Pages">
        {LINKS.map((link) => (
          <a
            key={link.path}
            href={link.path}
            class={link.isWide ? 'rail-wide' : undefined}
            aria-current={link.path === path ? 'page' : undefined}
            aria-describedby={link.path === '/' && waiting > 0 ? WAITING_ID : undefined}
          >
            <Icon name={link.icon} size={20} />
            <span class={link.short === undefined ? undefined : 'rail-long'}>{link.text}</span>
            {link.short !== undefined && <span class="rail-short">{link.short}</span>}
            {link.path === '/' && waiting > 0 && (
              <span class="rail-count" aria-hidden="true">
                {waiting}
              </span>
            )}
          </a>
        ))}
      </nav>
      <p id={WAITING_ID} class="visually-hidden" role="status">
        {waiting > 0 && `${countOf(waiting, 'browser waits', 'browsers wait')} for approval`}
      </p>
      <div class="rail-end">
        <Button kind="quiet" onClick={turnTheme}>
          <Icon name="theme" />
          <span>Theme: {THEME_WORDS[theme.value]}</span>
        </Button>
        <LogOut />
      </div>
    </header>
  )
}

/** The name with its mark. */
export function Brand(): JSX.Element {
  return (
    <div class="brand">
      <svg aria-hidden="true" width="26" height="26" viewBox="0 0 32 32">
        <rect width="32" height="32" rx="8" fill="currentColor" />
        <path class="brand-mark" d="M10 23V9h7a4.5 4.5 0 0 1 0 9h-7m6 0 6 5" />
      </svg>
      <span class="brand-name">Razroom panel</span>
    </div>
  )
}

function RailState(): JSX.Element {
  const gateway = status.value?.gateway
  return (
    <p class="rail-state" role="status" data-state={gateway?.state} data-healthy={gateway?.healthy}>
      <span class="dot" />
      {gateway ? stateWords(gateway) : 'Looking…'}
    </p>
  )
}

function LogOut(): JSX.Element {
  const [failure, setFailure] = useState<string | null>(null)
  return (
    <>
      <Button
        kind="quiet"
        onClick={() => {
          logOut().catch((error) => setFailure(toProblem(error).title))
        }}
      >
        <Icon name="logout" />
        <span>Log out</span>
      </Button>
      {failure !== null && (
        <p class="small field-error" role="alert">
          {failure}
        </p>
      )}
    </>
  )
}
