import './settings.css'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Status } from '../../../contract/schemas.ts'
import { loadBackups } from '../../api/backups.ts'
import { loadImages, loadRegistryLogins } from '../../api/images.ts'
import { loadLogins } from '../../api/logins.ts'
import { loadRunSettings, loadUnit } from '../../api/settings.ts'
import { runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { Loading } from '../../ui/loading.tsx'
import { BackupsCard } from './backups-card.tsx'
import { ExportCard } from './export-card.tsx'
import { ImageCard } from './image-card.tsx'
import { ImageListCard } from './image-list-card.tsx'
import { LoginsCard } from './logins-card.tsx'
import { ModeCard } from './mode-card.tsx'
import { PlaceCard } from './place-card.tsx'
import { PortsCard } from './ports-card.tsx'
import { RegistriesCard } from './registries-card.tsx'
import { UninstallCard } from './uninstall-card.tsx'
import { UnitCard } from './unit-card.tsx'

const PARTS = [
  ['image', 'Image'],
  ['images', 'Kept images'],
  ['registries', 'Registries'],
  ['ports', 'Ports and address'],
  ['mode', 'How it runs'],
  ['unit', 'Unit'],
  ['place', 'Place and user'],
  ['backups', 'Backups'],
  ['export', 'Export'],
  ['logins', 'Logins'],
  ['uninstall', 'Uninstall'],
] as const

/** Everything about the gateway that is decided once and changed rarely. */
export function SettingsPage(): JSX.Element {
  const current = status.value
  return (
    <div class="page">
      <div class="page-head">
        <h1>Settings</h1>
        <p class="muted">What the gateway is made of, how it runs, and the ways out.</p>
        <p>
          <a href="/history">History: who changed what</a>
        </p>
      </div>
      {!current && <Loading what="Looking at the gateway" />}
      {current && !current.isSetUp && (
        <>
          <div class="note">
            <p>The gateway is not set up yet: there is nothing to change.</p>
            <p>
              <a href="/setup">Set it up first</a>
            </p>
          </div>
          <UninstallCard status={current} />
        </>
      )}
      {current?.isSetUp && <Cards status={current} />}
    </div>
  )
}

function Cards({ status: current }: { status: Status }): JSX.Element {
  useFreshAnswers(current)
  useEffect(() => {
    // The browser looked for the part before it was there; the shell's own jump to the top of a new page comes first.
    const part = PARTS.find(([id]) => `#${id}` === location.hash)
    if (part) requestAnimationFrame(() => document.getElementById(part[0])?.scrollIntoView())
  }, [])
  return (
    <>
      <nav class="parts" aria-label="Parts of this page">
        {PARTS.map(([id, title]) => (
          <a key={id} href={`#${id}`}>
            {title}
          </a>
        ))}
      </nav>
      <ImageCard status={current} />
      <ImageListCard />
      <RegistriesCard />
      <PortsCard status={current} />
      <ModeCard status={current} />
      <UnitCard status={current} />
      <PlaceCard status={current} />
      <BackupsCard />
      <ExportCard />
      <LoginsCard />
      <UninstallCard status={current} />
    </>
  )
}

/** Reads what the events do not bring: at the beginning, and after each operation, for it may have changed anything. */
function useFreshAnswers(current: Status): void {
  const isRunning = runningOperation.value !== null
  const hasRead = useRef(false)
  useEffect(() => {
    // Its beginning is no news; a page that is opened in the middle of it has nothing to show yet.
    if (isRunning && hasRead.current) return
    hasRead.current = true
    void loadRunSettings()
    void loadImages()
    void loadRegistryLogins()
    void loadBackups()
    void loadLogins()
  }, [isRunning])
  const fileState = current.gateway.unit?.fileState
  useEffect(() => void loadUnit(), [fileState])
}
