#!/usr/bin/env bash
# run-razroom-podman.sh launch [setup]: starts the gateway, or its onboarding wizard, with razroom-panel.
# A thin front with the name and the arguments of Razroom's own script.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./scripts/run-razroom-podman.sh launch [setup]

  launch        start the gateway and wait until it answers
  launch setup  the onboarding wizard on this terminal

RAZROOM_PODMAN_GATEWAY_HOST_PORT and RAZROOM_PODMAN_BRIDGE_HOST_PORT choose the ports, RAZROOM_CONFIG_DIR and
RAZROOM_WORKSPACE_DIR the directories, RAZROOM_PODMAN_IMAGE the image, RAZROOM_PODMAN_USER whose gateway it is.
TEXT
}

case "${*:-}" in
  launch | 'launch setup') ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

scripts=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
exec "$scripts/razroom-panel-as-root.sh" "$@"
