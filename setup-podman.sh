#!/usr/bin/env bash
# setup-podman.sh [--quadlet|--container]: sets the gateway up, with razroom-panel.
# A thin front with the name and the options of Razroom's own script.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./setup-podman.sh [--quadlet|--container]

Sets a Razroom gateway up in a rootless Podman container, by: sudo razroom-panel setup

  --quadlet    run it as a systemd user service (or RAZROOM_PODMAN_QUADLET=1)
  --container  run it as a container that you start

More options: razroom-panel setup --help
TEXT
}

mode=()
for argument in "$@"; do
  case $argument in
    # The last one wins, as in Razroom's own script.
    --quadlet | --container) mode=("$argument") ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      printf 'setup-podman.sh: unknown argument: %s\n' "$argument" >&2
      usage >&2
      exit 2
      ;;
  esac
done

checkout=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
exec "$checkout/scripts/razroom-panel-as-root.sh" setup "${mode[@]}"
