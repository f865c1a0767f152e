# shellcheck shell=bash
# The gateway's user: who it is, what runs as it, and how something is run as it.

GATEWAY_USER=''
USER_ID=''
GROUP_ID=''
USER_HOME=''

# look_up_user NAME: USER_ID stays empty when there is no such user.
look_up_user() {
  GATEWAY_USER=$1
  IFS=: read -r _ _ USER_ID GROUP_ID _ USER_HOME _ < <(getent passwd -- "$1") || USER_ID=''
}

# Everything of the user's is done as that user: a link in a home leads root nowhere then.
as_user() {
  local runtime=()
  if [ -d "/run/user/$USER_ID" ]; then runtime=("XDG_RUNTIME_DIR=/run/user/$USER_ID"); fi
  setsid --wait setpriv --reuid="$USER_ID" --regid="$GROUP_ID" --init-groups -- \
    env --ignore-environment --chdir=/ PATH="$PATH" HOME="$USER_HOME" USER="$GATEWAY_USER" LOGNAME="$GATEWAY_USER" \
    "${runtime[@]}" "$@" < /dev/null
}

has_processes() {
  local status uid
  for status in /proc/[0-9]*/status; do
    # One that has ended meanwhile is none.
    uid=$(sed -n 's/^Uid:\t\([0-9]*\)\t.*/\1/p' "$status" 2> /dev/null) || continue
    if [ "$uid" = "$USER_ID" ]; then return 0; fi
  done
  return 1
}

# Without /run/user podman keeps what is running in /tmp. Where that outlives a boot, podman 4.3 finds its processes
# gone ("invalid internal status") or takes dead containers for running ones; so it goes when nothing of the user runs.
forget_former_boot() {
  local name path paths=()
  name=$(setting user) || return 0
  look_up_user "$name"
  if [ -z "$USER_ID" ] || [ -d "/run/user/$USER_ID" ] || has_processes; then return 0; fi
  for path in "/tmp/podman-run-$USER_ID" "/tmp/containers-user-$USER_ID" "/tmp/storage-run-$USER_ID"; do
    if [ -d "$path" ] && [ ! -L "$path" ]; then paths+=("$path"); fi
  done
  if [ "${#paths[@]}" -eq 0 ]; then return; fi
  # What belongs to other ids of the container stays; podman takes it as it finds it.
  logged as_user rm -rf --one-file-system -- "${paths[@]}" || note 'Some remains of the former boot stay.'
}

# setting NAME: its value; fails while the gateway was never set up, or where its user is none that root has allowed. Settings alone do not tell: they are there as soon
# as somebody is allowed to use the panel. Whatever setup has begun with is in its record.
setting() {
  [ -f "$STATE/state.json" ] && "$LIB/current/node" --eval "
    const { existsSync, readFileSync } = require('node:fs')
    const { settings, created } = JSON.parse(readFileSync(process.argv[1], 'utf8'))
    if (!settings || created.length === 0) process.exit(1)
    const list = require('node:path').dirname(process.argv[1]) + '/admitted.json'
    const { users, made } = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { users: [settings.user], made: [] }
    if (!['razroom', ...users, ...made].includes(settings.user)) process.exit(1)
    console.log(String(settings[process.argv[2]]))" -- "$STATE/state.json" "$1" 2>> "$INSTALL_LOG"
}
