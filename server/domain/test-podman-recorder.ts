/**
 * A program for tests in place of podman: it writes its arguments to $RECORD, each ended by a NUL, and each call by a
 * newline; what it answers is in FAKE_ variables. For arguments only: real podman has its turn on a real host.
 */
export const PODMAN_RECORDER = `#!/bin/bash
{ printf '%s\\0' "$@"; printf '\\n'; } >>"$RECORD"
case "$1 \${2:-}" in
  'image exists') exit "\${FAKE_NO_IMAGE:-0}" ;;
  'container inspect')
    [[ -z \${FAKE_STATE:-} ]] && { echo '[]'; exit 125; }
    case "$4" in
      *SYSTEMD_UNIT*) echo "\${FAKE_UNIT:-<no value>}" ;;
      *Running*) [[ $FAKE_STATE == running* ]] && echo true || echo false ;;
      *) echo "$FAKE_STATE" ;;
    esac ;;
  logs*) printf 'first\\n\\033[31mRefusing\\033[39m\\033]0;evil\\007 to bind\\n' ;;
  port*) printf '127.0.0.1:%s\\n' "\${FAKE_PORT:-}" ;;
  run*)
    if [[ -n \${FAKE_TAKEN:-} && ! -e $RECORD.tried ]]; then
      : >"$RECORD.tried"
      echo 'Error: rootlessport listen tcp 127.0.0.1:18789: bind: address already in use' >&2
      exit 126
    fi
    exit "\${FAKE_RUN_EXIT:-0}" ;;
esac
`

/** The same in place of systemctl; its calls stand in the same record, with its name in front. */
export const SYSTEMCTL_RECORDER = `#!/bin/bash
{ printf '%s\\0' systemctl "$@"; printf '\\n'; } >>"$RECORD"
[[ -z \${FAKE_NO_MANAGER:-} ]] || { echo 'Failed to connect to bus' >&2; exit 1; }
case "$*" in
  *' restart '*) exit "\${FAKE_RESTART_EXIT:-0}" ;;
  *LoadState*) echo "\${FAKE_LOAD_STATE:-loaded}" ;;
  *ActiveState*) echo "\${FAKE_ACTIVE:-active}" ;;
  *ExecMainStatus*) echo 78 ;;
esac
`
