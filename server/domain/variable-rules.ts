/** Which variables have no place in `.env`, and why. Imports nothing of Node: the page uses it too. */

export { MIN_TOKEN_LENGTH } from '../../contract/rules.ts'

/** The variable of `.env` that holds the gateway's token (docs/facts/razroom-gateway.md). */
export const TOKEN_VARIABLE = 'RAZROOM_GATEWAY_TOKEN'

/** Why a variable is refused. */
export interface DangerRule {
  /** The name, or the beginning of names when it ends in `*`. */
  readonly name: string
  readonly reason: string
}

const LOADS_CODE = 'it makes programs load code from elsewhere'
const SHELL = 'it changes what a shell in the container runs'
const PLACES = 'it moves the places where programs in the container look for their files'
const ENGINE = 'it redirects podman or the services it talks to'

/** From the security design: variables that turn a setting into running code, or redirect the container itself. */
const DANGER_RULES: readonly DangerRule[] = [
  ...['LD_*', 'NODE_OPTIONS', 'NODE_PATH', 'NODE_REPL_EXTERNAL_MODULE', 'PYTHON*', 'PERL5*', 'PERLLIB'].map(
    rule(LOADS_CODE),
  ),
  ...['RUBYOPT', 'RUBYLIB', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'GCONV_PATH'].map(
    rule(LOADS_CODE),
  ),
  ...['GLIBC_TUNABLES', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'OPENSSL_ENGINES', 'ELECTRON_RUN_AS_NODE'].map(
    rule(LOADS_CODE),
  ),
  ...[
    'BASH_ENV',
    'BASH_FUNC_*',
    'BASHOPTS',
    'ENV',
    'SHELLOPTS',
    'PROMPT_COMMAND',
    'PS4',
    'IFS',
    'CDPATH',
  ].map(rule(SHELL)),
  ...['SHELL', 'EDITOR', 'VISUAL', 'PAGER', 'BROWSER'].map(rule('it names a program that others start')),
  ...['PATH', 'HOME', 'TMPDIR', 'XDG_*'].map(rule(PLACES)),
  ...['DBUS_*', 'CONTAINERS_*', 'CONTAINER_HOST', 'CONTAINER_SSHKEY', 'DOCKER_*', 'NOTIFY_SOCKET'].map(
    rule(ENGINE),
  ),
  ...['GIT_*', 'SSH_ASKPASS', 'npm_config_*', 'NPM_CONFIG_*'].map(
    rule('it makes other programs run commands'),
  ),
  ...['NODE_TLS_REJECT_UNAUTHORIZED', 'SSLKEYLOGFILE'].map(
    rule('it makes encrypted connections readable to others'),
  ),
]

function rule(reason: string): (name: string) => DangerRule {
  return (name) => ({ name, reason })
}

/** The rule that forbids this variable, or undefined. Names are case-sensitive (environ(7)). */
export function findDanger(key: string): DangerRule | undefined {
  return DANGER_RULES.find(({ name }) =>
    name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name,
  )
}

/** The rule that forbids a variable which podman's `PREFIX*` could import from the host, or undefined. */
export function findDangerByPrefix(prefix: string): DangerRule | undefined {
  return findDanger(prefix) ?? DANGER_RULES.find(({ name }) => name.replace(/\*$/, '').startsWith(prefix))
}

const BY_SETTINGS = 'the panel sets it from its settings'
const BY_SPEC = 'the panel sets it for the container'

/** Names (or beginnings, with `*`) that have no effect, or a bad one, beside the panel. */
const OWNED: Readonly<Record<string, string>> = {
  RAZROOM_GATEWAY_PORT: `${BY_SETTINGS}: gateway port`,
  RAZROOM_GATEWAY_BIND: BY_SPEC,
  RAZROOM_CONFIG_DIR: `${BY_SETTINGS}: config directory`,
  RAZROOM_WORKSPACE_DIR: `${BY_SETTINGS}: workspace directory`,
  'RAZROOM_PODMAN_*': BY_SETTINGS,
  RAZROOM_REPO_PATH: `${BY_SETTINGS}: image`,
  RAZROOM_IMAGE: `${BY_SETTINGS}: image`,
  RAZROOM_HOME: 'the container finds its files by its mounts',
  RAZROOM_STATE_DIR: 'the container finds its files by its mounts',
  RAZROOM_CONFIG_PATH: 'the container finds its files by its mounts',
  RAZROOM_PROFILE: 'another profile uses other files than those the panel shows',
  RAZROOM_NO_RESPAWN: BY_SPEC,
  TERM: BY_SPEC,
}

/** Why the panel owns this variable, or undefined. */
export function findOwner(key: string): string | undefined {
  const name = Object.keys(OWNED).find((owned) =>
    owned.endsWith('*') ? key.startsWith(owned.slice(0, -1)) : key === owned,
  )
  return name === undefined ? undefined : OWNED[name]
}
