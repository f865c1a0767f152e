import type { JSX } from 'preact'
import type { Status } from '../../../contract/schemas.ts'
import type { Settings, UserNamespace } from '../../../contract/settings.ts'
import { loadRunSettings } from '../../api/settings.ts'
import { settings } from '../../state/settings.ts'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Loaded, Section } from './card-parts.tsx'

const NAMESPACE_WORDS: Readonly<Record<UserNamespace, string>> = {
  'keep-id': 'the same ids inside and outside',
  auto: 'podman’s default: root inside is the user outside',
  host: 'podman’s host mode: root inside is the user outside',
}

/** Whose the gateway is, and where its files are. */
export function PlaceCard({ status }: { status: Status }): JSX.Element {
  return (
    <Section id="place" title="Place and user">
      <Loaded remote={settings.value} what="Reading the settings" onRetry={() => void loadRunSettings()}>
        {(known) => <Facts settings={known} user={status.user} />}
      </Loaded>
      <p>
        <a href="/setup#advanced">Change in setup</a>
      </p>
      <EquivalentCommands
        commands={[
          ['User', 'sudo razroom-panel setup --user NAME'],
          ['Container name', 'sudo razroom-panel setup --container-name NAME'],
          ['Configuration', 'sudo razroom-panel setup --config-dir DIR'],
          ['Workspace', 'sudo razroom-panel setup --workspace-dir DIR'],
          ['User namespace', 'sudo razroom-panel setup --userns keep-id'],
        ]}
      />
    </Section>
  )
}

/** Where configuration and workspace are: what was chosen, else where Razroom puts them. */
export function placesOf(
  { configDir, workspaceDir }: Pick<Settings, 'configDir' | 'workspaceDir'>,
  home: string | null,
): { config: string; workspace: string } {
  const config = configDir ?? `${(home ?? '~').replace(/(.)\/+$/, '$1')}/.razroom`
  return { config, workspace: workspaceDir ?? `${config}/workspace` }
}

function Facts({ settings: known, user }: { settings: Settings; user: Status['user'] }): JSX.Element {
  const places = placesOf(known, user.home)
  return (
    <dl class="facts">
      <dt>User</dt>
      <dd>
        <span class="mono">{user.name}</span>
        {user.uid !== null && <span class="muted"> (uid {user.uid})</span>}
      </dd>
      <dt>Home</dt>
      <dd class="mono break">{user.home ?? 'there is no such user yet'}</dd>
      <dt>Container</dt>
      <dd class="mono break">{known.containerName}</dd>
      <dt>Configuration</dt>
      <dd class="mono break">{places.config}</dd>
      <dt>Workspace</dt>
      <dd class="mono break">{places.workspace}</dd>
      <dt>User namespace</dt>
      <dd>
        <span class="mono">{known.userns}</span>
        <span class="muted">: {NAMESPACE_WORDS[known.userns]}</span>
      </dd>
    </dl>
  )
}
