#!/usr/bin/env bash
# razroom-panel-as-root.sh ARGUMENTS...: runs razroom-panel as root, with sudo where needed.
# The variables of Razroom's Podman scripts go along; no file is read for them, .env least of all.
set -euo pipefail

readonly VARIABLES=(
  RAZROOM_PODMAN_QUADLET
  RAZROOM_PODMAN_GATEWAY_HOST_PORT
  RAZROOM_PODMAN_BRIDGE_HOST_PORT
  RAZROOM_CONFIG_DIR
  RAZROOM_WORKSPACE_DIR
  RAZROOM_PODMAN_USER
  RAZROOM_PODMAN_CONTAINER
  RAZROOM_PODMAN_IMAGE
  RAZROOM_PODMAN_USERNS
  RAZROOM_REPO_PATH
)

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

self=$(readlink -f -- "${BASH_SOURCE[0]}")
checkout=$(dirname -- "$(dirname -- "$self")")

# The installed panel first: its daemon is the one that runs. sudo's PATH may lack /usr/local/bin.
panel=$(command -v razroom-panel) || panel=''
if [[ -z $panel && -x /usr/local/bin/razroom-panel ]]; then
  panel=/usr/local/bin/razroom-panel
elif [[ -z $panel && -f $checkout/dist/server/main.js ]]; then
  panel=$checkout/bin/razroom-panel
fi
[[ -n $panel ]] || fail 'razroom-panel is not installed, and this checkout is not built.' \
  "Install it: sudo $checkout/install.sh"

if ((EUID == 0)); then
  exec "$panel" "$@"
fi
command -v sudo >/dev/null || fail 'This needs root, and there is no sudo: run it as root.'

# `env` on the far side: sudo itself passes variables only where its policy allows that (sudoers(5), SETENV).
assignments=()
for name in "${VARIABLES[@]}"; do
  if [[ -n ${!name:-} ]]; then
    assignments+=("$name=${!name}")
  fi
done
exec sudo -- env "${assignments[@]}" "$panel" "$@"
