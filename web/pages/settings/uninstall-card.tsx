import type { JSX } from 'preact'
import type { Status } from '../../../contract/schemas.ts'
import { shellLine } from '../../state/shell-line.ts'
import { Command } from '../../ui/command.tsx'
import { Section } from './card-parts.tsx'

/** The way out. It goes by the shell, where whoever types it is root already. */
export function UninstallCard({ status }: { status: Status }): JSX.Element {
  const { name } = status.user
  return (
    <Section id="uninstall" title="Uninstall">
      <h3>The panel alone</h3>
      <p>
        The gateway goes on as it is, with its user, container, image and configuration; installing the panel
        again finds all of it. The panel’s settings and backups stay as well.
      </p>
      <Command text="sudo razroom-panel uninstall" />
      <h3>Everything that the panel made</h3>
      <p>
        The panel with its settings and its backups, the container, the images, and the user{' '}
        <code>{name}</code> with its home, configuration and workspace, if the panel made it. What was there
        before stays, and so do the packages of the system. A last backup goes to{' '}
        <code>/var/backups/razroom-panel</code> first
        {status.isSetUp ? (
          <>
            ; <a href="#backups">download</a> those of the panel that you want to keep.
          </>
        ) : (
          '.'
        )}
      </p>
      <Command text={shellLine(['sudo', 'razroom-panel', 'uninstall', '--purge', '--confirm', name])} />
      <p class="small muted">
        There is no button for either: a page that was left open must not be able to remove anything.
      </p>
    </Section>
  )
}
