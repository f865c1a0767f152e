import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Login } from '../../../contract/login-endpoints.ts'
import { loadLogins } from '../../api/logins.ts'
import { logOutEverywhere } from '../../api/session.ts'
import { logins } from '../../state/settings.ts'
import { shellLine } from '../../state/shell-line.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { Failed, Loaded, Section } from './card-parts.tsx'
import { useAction } from './use-action.ts'

/** Who is logged in to the panel, and the way to end all of it when a browser was lost. */
export function LoginsCard(): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const action = useAction()
  return (
    <Section id="logins" title="Logins">
      <p class="muted">
        Browsers that are logged in to this panel. A login ends by itself after twelve hours without use, and
        after seven days in any case.
      </p>
      <Loaded remote={logins.value} what="Looking at the logins" onRetry={() => void loadLogins()}>
        {(list) => (
          <ul class="rows">
            {list.map((login) => (
              <LoginLine key={login.id} login={login} />
            ))}
          </ul>
        )}
      </Loaded>
      <Failed action={action} />
      <div class="row">
        <Button isBusy={action.isBusy} onClick={() => setAsking(true)}>
          <Icon name="logout" size={16} />
          Log out everywhere…
        </Button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title="Log out everywhere?"
          action="Log out everywhere"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            void action.run(logOutEverywhere)
          }}
        >
          <p>
            Every browser is logged out, this one too, and login links that nobody has used stop working. The
            gateway goes on. To come back, make a new link on the machine:{' '}
            <code>sudo razroom-panel login</code>
          </p>
        </ConfirmDialog>
      )}
      <EquivalentCommands
        commands={[
          ['See them', shellLine(['sudo', 'razroom-panel', 'sessions', 'list'])],
          ['End all', shellLine(['sudo', 'razroom-panel', 'sessions', 'end'])],
        ]}
      />
    </Section>
  )
}

function LoginLine({ login }: { login: Login }): JSX.Element {
  return (
    <li>
      <p class="break">
        <span class="mono">{login.id}</span> {login.isThis && <strong>this browser</strong>}
        <span class="muted">
          {' '}
          since {formatDateTime(login.createdAt)}, last used {formatDateTime(login.lastSeenAt)}
        </span>
      </p>
    </li>
  )
}
