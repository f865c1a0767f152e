import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Problem } from '../contract/schemas.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { lazyPage } from './page-loader.tsx'
import { Rail } from './rail.tsx'
import { followLinks, openPage, pagePath } from './state/page-path.ts'
import { session, stepUpRequest } from './state/session.ts'
import { status } from './state/status.ts'
import { lazyPart } from './ui/lazy-part.tsx'
import { Loading } from './ui/loading.tsx'

/** What most who open the panel do not meet. */
const LoginPage = lazyPart(async () => (await import('./pages/login/login-page.tsx')).LoginPage)
const StepUpDialog = lazyPart(async () => (await import('./step-up-dialog.tsx')).StepUpDialog)

/** Why the session could not be opened at the start. */
export const startProblem = signal<Problem | null>(null)

const PAGES = {
  '/': {
    title: 'Overview',
    Page: lazyPage(async () => (await import('./pages/overview/overview-page.tsx')).OverviewPage),
  },
  '/logs': {
    title: 'Logs',
    Page: lazyPage(async () => (await import('./pages/logs/logs-page.tsx')).LogsPage),
  },
  '/environment': {
    title: 'Environment',
    Page: lazyPage(async () => (await import('./pages/environment/environment-page.tsx')).EnvironmentPage),
  },
  '/configuration': {
    title: 'Configuration',
    Page: lazyPage(
      async () => (await import('./pages/configuration/configuration-page.tsx')).ConfigurationPage,
    ),
  },
  '/terminal': {
    title: 'Terminal',
    Page: lazyPage(async () => (await import('./pages/terminal/terminal-page.tsx')).TerminalPage),
  },
  '/doctor': {
    title: 'Doctor',
    Page: lazyPage(async () => (await import('./pages/doctor/doctor-page.tsx')).DoctorPage),
  },
  '/connect': {
    title: 'Connect a model',
    Page: lazyPage(async () => (await import('./pages/connect/connect-page.tsx')).ConnectPage),
  },
  '/history': {
    title: 'History',
    Page: lazyPage(async () => (await import('./pages/history/history-page.tsx')).HistoryPage),
  },
  '/setup': {
    title: 'Setup',
    Page: lazyPage(async () => (await import('./pages/setup/setup-page.tsx')).SetupPage),
  },
  '/settings': {
    title: 'Settings',
    Page: lazyPage(async () => (await import('./pages/settings/settings-page.tsx')).SettingsPage),
  },
} as const

/** The whole page: the login while there is no session, the rail and a page when there is. */
export function App({ onRetry }: { onRetry: () => void }): JSX.Element {
  const { kind } = session.value
  if (kind === 'unknown') {
    return (
      <main class="alone">
        <Loading what="Opening the panel" />
      </main>
    )
  }
  if (kind === 'out') return <LoginPage problem={startProblem.value} onRetry={onRetry} />
  return <Shell />
}

function Shell(): JSX.Element {
  const path = pagePath.value
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  const needsSetup = path === '/' && status.value?.isSetUp === false
  const page = path in PAGES ? PAGES[path as keyof typeof PAGES] : null
  const title = page?.title ?? 'Nothing here'

  useLayoutEffect(followLinks, [])
  useEffect(() => {
    if (needsSetup) openPage('/setup', true)
  }, [needsSetup])
  useEffect(() => {
    document.title = `${title} · Razroom panel`
    // After a click on a link, reading goes on in the new page; at the first load nothing takes the focus.
    if (!isFirst.current) main.current?.focus()
    isFirst.current = false
    scrollTo(0, 0)
  }, [title])

  return (
    <div class="app">
      <a class="skip" href="#content">
        Skip to the page
      </a>
      <Rail path={path} />
      <main id="content" ref={main} tabIndex={-1}>
        <ConnectionBanner />
        {needsSetup ? (
          <Loading what="Opening the setup" />
        ) : page ? (
          <page.Page key={path} />
        ) : (
          <NotFound path={path} />
        )}
      </main>
      {stepUpRequest.value && <StepUpDialog />}
    </div>
  )
}

function NotFound({ path }: { path: string }): JSX.Element {
  return (
    <div class="page">
      <div class="page-head">
        <h1>There is nothing here</h1>
        <p class="muted break">
          The panel has no page with the address <code>{path}</code>.
        </p>
      </div>
      <p>
        <a href="/">Go to the overview</a>
      </p>
    </div>
  )
}
