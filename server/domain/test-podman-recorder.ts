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
  run*) exit "\${FAKE_RUN_EXIT:-0}" ;;
esac
`
