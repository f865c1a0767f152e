# shellcheck shell=bash
# The gateway, by the panel itself; and what is said at the end.

# admin users reach the page with a cookie from a browser of their own uid; root always does.
admit_administrators() {
  local uid uids=()
  if [ -n "$ADMIN" ]; then uids+=("$(id -u -- "$ADMIN")"); fi
  if [[ ${SUDO_UID:-} =~ ^[1-9][0-9]*$ ]]; then uids+=("$SUDO_UID"); fi
  for uid in "${uids[@]}"; do
    logged "$LAUNCHER" access add "$uid" ||
      fail_with_log "User $uid could not be allowed to use the panel." "Try again: razroom-panel access add $uid"
  done
}

set_gateway_up() {
  if [ -z "$IMAGE_OPTION" ]; then mention_checkout; fi
  if [ -z "$MODE_OPTION" ] && wants_service; then SETUP_OPTIONS+=(--quadlet); fi
  step 'Setting the gateway up'
  if ! "$LAUNCHER" setup "${SETUP_OPTIONS[@]}" < /dev/null; then
    printf '\nThe panel itself runs: %s\n' "$(login_url)"
    fail 'The gateway could not be set up.' 'The lines above say why. Mend that, then run this again, or use the page.'
  fi
}

# A first setup makes a service where there is a systemd to run it; later ones keep what is set.
wants_service() {
  has_systemd && [ -z "${RAZROOM_PODMAN_QUADLET:-}" ] && ! setting mode > /dev/null
}

# A Razroom checkout that lies about is told of, and built only on demand.
mention_checkout() {
  local directory home=''
  if [ -n "${SUDO_UID:-}" ]; then home=$(getent passwd "$SUDO_UID" | cut -d : -f 6); fi
  # One that RAZROOM_REPO_PATH names is the choice of who set it, and setup takes it.
  if [ -n "${RAZROOM_REPO_PATH:-}" ]; then return; fi
  for directory in "$(dirname -- "$CHECKOUT")/razroom" "${home:+$home/razroom}"; do
    if [ -n "$directory" ] && [ -f "$directory/Dockerfile" ]; then
      note "There is a Razroom checkout in $directory. To use it: ./install.sh --repo $directory"
      return
    fi
  done
}

# field NAME...: a value of the JSON document on stdin, by its path; fails when it is not there.
field() {
  "$LIB/current/node" --eval "
    const text = require('node:fs').readFileSync(0, 'utf8')
    const value = process.argv.slice(1).reduce((part, name) => part?.[name], JSON.parse(text))
    if (value === undefined || value === null) process.exit(1)
    console.log(String(value))" -- "$@"
}

login_url() {
  "$LAUNCHER" login --json | field url
}

# `setup` has printed both links as its last lines; without it they are printed here.
print_links() {
  local status
  status=$("$LAUNCHER" status --json)
  if [ "$PANEL_ONLY" = yes ]; then
    printf '\n'
    if [ "$(field isSetUp <<< "$status")" = true ]; then printf '  Gateway  %s\n' "$(field gateway url <<< "$status")"; fi
    printf '  Panel    %s\n           works once, for two minutes\n' "$(login_url)"
  fi
  printf '\nrazroom-panel %s is installed and running.\n' "$(field panel version <<< "$status")"
  # Where there is no sudo, the person is root.
  local sudo=''
  if command -v sudo > /dev/null; then sudo='sudo '; fi
  printf '  Another link to the panel: %srazroom-panel login\n' "$sudo"
  printf "  The gateway's token:       %srazroom-panel token show\n" "$sudo"
  if ! has_systemd; then
    tell_start_at_boot
  fi
}
